// Sorts, filters, copies and saves answers: tables, and lists whose parts say which column they are. Without this script an
// answer is whole and in its own order.

const FORMULA = /((?:^|[;\t\r\n]) *)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g; // before a formula of a spreadsheet; ";" ends a cell in some countries
const FEW = 8; // rows that need no filter

/** Add the tools to each answer within an element. */
export function addTools(root) {
  for (const answer of root.querySelectorAll(".answer")) addTo(answer);
}

function addTo(answer) {
  const shown = answer.querySelector(".scroll, .results");
  const tools = answer.querySelector(".tools") ?? document.createElement("p");
  const whole = tools.querySelector("a");
  tools.className = "tools";
  tools.prepend(button("Copy", (made) => copy(answer, made)));
  if (whole) whole.addEventListener("click", saveWhole);
  else tools.append(button("Save as CSV", () => save(csv(answer), answer.querySelector("caption").textContent)));
  if (rowsOf(answer).length > FEW) tools.prepend(filter(answer));
  shown.before(tools);
  for (const head of answer.querySelectorAll("thead th:not(:has(.order))")) addSorting(head);
}

/** Make the words of a heading a button that sorts; beside a heading that is a link, add one. */
function addSorting(head) {
  const table = head.closest("table");
  const isLink = head.querySelector("a");
  const made = button(isLink ? "⇅" : head.textContent, () => sort(table, head));
  if (isLink) made.setAttribute("aria-label", `Sort by ${head.dataset.column}`);
  head.replaceChildren(...(isLink ? [...head.childNodes, " "] : []), made);
}

function button(words, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = words;
  made.addEventListener("click", () => act(made));
  return made;
}

function rowsOf(answer) {
  return [...answer.querySelectorAll("tbody > tr, .results > li")];
}

/** Return a field that hides the rows without its words. */
function filter(answer) {
  const field = document.createElement("input");
  const count = document.createElement("span");
  const all = rowsOf(answer);
  field.type = "search";
  field.placeholder = "Filter these rows";
  field.setAttribute("aria-label", "Filter these rows");
  count.setAttribute("role", "status");
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/);
    for (const row of all) row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
    const shown = all.filter((row) => !row.hidden).length;
    count.textContent = shown < all.length ? `${shown} of ${all.length} rows` : "";
  });
  const label = document.createElement("span");
  label.append(field, count);
  return label;
}

/** Sort by a column, in the other direction if the table is sorted by it; empty cells stand last. */
function sort(table, head) {
  const turn = head.ariaSort === "ascending" ? -1 : 1;
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", turn > 0 ? "ascending" : "descending");
  const { numeric, compare } = { numeric: head.classList.contains("number"), compare: new Intl.Collator("en", { numeric: true }).compare };
  const key = (row) => value(row.cells[head.cellIndex]);
  const order = (a, b) => (numeric ? Number(a) - Number(b) : compare(a, b));
  const sorted = [...table.tBodies[0].rows].sort((one, other) => {
    const [a, b] = [key(one), key(other)];
    return a === "" || b === "" ? (a === "") - (b === "") : turn * order(a, b);
  });
  table.tBodies[0].append(...sorted);
}

/** Return the value of a cell: a date or time in the form of machines. */
function value(cell) {
  return cell.querySelector("time")?.dateTime ?? cell.textContent.trim();
}

/** Return the headings of a table, or the columns of a list as they first appear. */
function headings(answer) {
  const parts = answer.querySelectorAll(answer.querySelector("table") ? "thead th" : ".results [data-column]");
  return [...new Set([...parts].map((part) => part.dataset.column))];
}

/** Return the parts of a row that each column has: one cell in a table, any number in a list. */
function partsOf(row, heads) {
  if (row.cells) return [...row.cells].map((cell) => [cell]);
  return heads.map((head) => [...row.querySelectorAll(`[data-column="${head}"]`)]);
}

/** Return the address to which the first link of these parts leads. */
function address(parts) {
  return parts.map((part) => (part.matches("a") ? part : part.querySelector("a"))).find(Boolean)?.href ?? "";
}

/** Return the headings and the rows that are shown, with what all rows share and with the addresses of links. */
function cells(answer) {
  const shared = [...answer.querySelectorAll(".same > div")].map((each) => [each.querySelector("dt").textContent, each.querySelector("dd")]);
  const heads = headings(answer);
  const shown = rowsOf(answer).filter((row) => !row.hidden);
  const table = shown.map((row) => partsOf(row, heads));
  const linked = heads.map((_, place) => table.some((row) => address(row[place])));
  const pair = (place, text, link) => (linked[place] ? [text, link] : [text]);
  const heading = heads.flatMap((head, place) => pair(place, head, `${head}: address`));
  const rows = table.map((row) => [
    ...row.flatMap((parts, place) => pair(place, parts.map(value).join("; "), address(parts))),
    ...shared.map(([, cell]) => value(cell)),
  ]);
  return [[...heading, ...shared.map(([head]) => head)], ...rows];
}

/** Return a text in which no spreadsheet finds a formula. */
function plain(text) {
  return /^[+-]?[\d.]+$/.test(text) ? text : text.replace(FORMULA, "$1'");
}

/** Return a text in quotation marks, which stand twice within it. */
function quoted(text) {
  return `"${text.replaceAll('"', '""')}"`;
}

async function copy(answer, made) {
  const cell = (text) => plain(text.replace(/\s+/g, " "));
  const lines = cells(answer).map((row) => row.map((text) => (text.startsWith('"') ? quoted(cell(text)) : cell(text))).join("\t"));
  try {
    await navigator.clipboard.writeText(lines.join("\n"));
    made.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(answer.querySelector("table, .results"));
    made.textContent = "Selected: press Ctrl-C";
  }
}

/** Return an answer as CSV (RFC 4180). */
function csv(answer) {
  return cells(answer)
    .map((row) => `${row.map((cell) => quoted(plain(cell))).join(",")}\r\n`)
    .join("");
}

/** Save the list that a link leads to, of which the answer is a part. */
async function saveWhole(event) {
  event.preventDefault();
  const { href, pathname } = event.currentTarget;
  const answer = await fetch(href);
  if (answer.ok) save(await answer.text(), pathname.split("/").pop());
  else location.assign(href); // where the browser shows what is wrong
}

/** Save CSV in UTF-8, with the byte order mark by which spreadsheets know it. */
function save(text, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv" }));
  link.download = `${name.toLowerCase().replace(/\W+/g, "-")}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}

addTools(document);
