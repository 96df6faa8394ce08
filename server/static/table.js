// Sorts, filters, copies and saves the tables of answers. Without this script a table is whole and in its own order.

const FORMULA = /^[=+\-@\t\r]/; // begins a formula in a spreadsheet
const FEW = 8; // rows that need no filter

/** Add the tools to each table of answers within an element. */
export function addTools(root) {
  for (const answer of root.querySelectorAll(".answer")) addTo(answer);
}

function addTo(answer) {
  const table = answer.querySelector("table");
  const tools = document.createElement("p");
  tools.className = "tools";
  if (table.tBodies[0].rows.length > FEW) tools.append(filter(table));
  tools.append(button("Copy", (made) => copy(answer, made)), button("Save as CSV", () => save(answer)));
  answer.querySelector(".scroll").before(tools);
  for (const head of table.tHead.rows[0].cells) {
    if (!head.querySelector("a")) head.replaceChildren(button(head.textContent, () => sort(table, head)));
  }
}

function button(words, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = words;
  made.addEventListener("click", () => act(made));
  return made;
}

/** Return a field that hides the rows without its words. */
function filter(table) {
  const field = document.createElement("input");
  const count = document.createElement("span");
  const all = table.tBodies[0].rows;
  field.type = "search";
  field.placeholder = "Filter";
  field.setAttribute("aria-label", "Filter the rows");
  count.setAttribute("role", "status");
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/);
    for (const row of all) row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
    const shown = [...all].filter((row) => !row.hidden).length;
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

/** Return the headings and the rows that are shown, with what all rows share and with the addresses of links. */
function cells(answer) {
  const shared = [...answer.querySelectorAll(".same > div")].map((each) => [each.querySelector("dt").textContent, each.querySelector("dd")]);
  const table = answer.querySelector("table");
  const heads = [...table.tHead.rows[0].cells].map((head) => head.textContent.trim());
  const shown = [...table.tBodies[0].rows].filter((row) => !row.hidden);
  const linked = heads.map((_, place) => shown.some((row) => row.cells[place].querySelector("a")));
  const pair = (link, text, cell) => (link ? [text, cell?.querySelector("a")?.href ?? ""] : [text]);
  const heading = heads.flatMap((head, place) => (linked[place] ? [head, `${head}: address`] : [head]));
  const rows = shown.map((row) => [
    ...[...row.cells].flatMap((cell, place) => pair(linked[place], value(cell), cell)),
    ...shared.map(([, cell]) => value(cell)),
  ]);
  return [[...heading, ...shared.map(([head]) => head)], ...rows];
}

/** Return a text that no spreadsheet takes for a formula. */
function plain(text) {
  return FORMULA.test(text) && !/^[+-]?[\d.]+$/.test(text) ? `'${text}` : text;
}

async function copy(answer, made) {
  const lines = cells(answer).map((row) => row.map((text) => plain(text.replace(/\s+/g, " "))).join("\t"));
  try {
    await navigator.clipboard.writeText(lines.join("\n"));
    made.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(answer.querySelector("table"));
    made.textContent = "Selected: press Ctrl-C";
  }
}

/** Save the table as CSV (RFC 4180) in UTF-8, with the byte order mark by which spreadsheets know it. */
function save(answer) {
  const quoted = (text) => `"${plain(text).replaceAll('"', '""')}"`;
  const text = cells(answer).map((row) => `${row.map(quoted).join(",")}\r\n`);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\ufeff", ...text], { type: "text/csv" }));
  link.download = `${answer.querySelector("caption").textContent.toLowerCase().replace(/\W+/g, "-")}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}

addTools(document);
