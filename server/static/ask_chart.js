// Bar, line and pie charts of a query result, each with a table of the same data.

import { choose, fits, pointsOf } from "./ask_columns.js";
import { count, cut } from "./ask_terms.js";
import { colours, element, pictureView } from "./ask_view.js";

const WORDS = { bar: "Bars", line: "Line", pie: "Shares" };
const ROW = 26; // pixels for a bar and its label
const MARKS = 8; // largest number of dates on an axis
const DAY = "2021-05-04".length; // precision of dates on an axis, in characters

/** Return the chart plugin for YASR. */
export function chartView({ library, prefixes }) {
  const path = "M1 1h1.5v12.5H15V15H1Zm3 6h2.5v5.5H4Zm4-4h2.5v9.5H8Zm4 2h2.5v7.5H12Z";
  const draw = (yasr, place) => new ChosenChart(yasr, place, prefixes);
  return pictureView({ name: "chart", label: "Chart", path, fits, draw }, library);
}

/** A chart with fields for its columns and type; YASR stores the choice with the tab and in shared links. */
class ChosenChart {
  constructor(yasr, place, prefixes) {
    Object.assign(this, { yasr, place, prefixes });
    this.show(yasr.config.plugins.chart.dynamicConfig ?? {});
  }

  show(wanted) {
    const chosen = choose(this.yasr.results, wanted);
    const points = pointsOf(chosen, this.prefixes);
    const text = summary(chosen, points, this.yasr.results.getBindings().length);
    const canvas = element("canvas", { role: "img", "aria-label": text });
    const paper = element("div", { class: "paper" }, canvas);
    if (chosen.kind === "bar") paper.style.height = `${points.length * ROW + 70}px`;
    this.destroy();
    this.place.replaceChildren(...this.choices(chosen), element("p", {}, text), paper, table(chosen, points));
    window.Chart.defaults.font.family = getComputedStyle(paper).fontFamily;
    this.drawn = new window.Chart(canvas, configuration(chosen, points, colours(paper), paper.clientWidth));
    this.place.removeAttribute("aria-busy");
  }

  /** Return a line of fields; a field with a single option is omitted. */
  choices(chosen) {
    const names = (columns) => columns.map(({ name }) => [name, `?${name}`]);
    const fields = [
      ["label", "Label", names(chosen.labels), chosen.label.name],
      ["number", "Number", names(chosen.numbers), chosen.number.name],
      ["kind", "Drawn as", chosen.kinds.map((kind) => [kind, WORDS[kind]]), chosen.kind],
    ];
    const now = Object.fromEntries(fields.map(([key, , , value]) => [key, value]));
    const shown = fields.filter(([, , options]) => options.length > 1);
    const made = shown.map(([key, words, options, value]) => this.field(key, words, options, value, now));
    return made.length ? [element("p", { class: "choices" }, ...made)] : [];
  }

  field(key, words, options, value, now) {
    const select = element("select", {}, ...options.map(([name, text]) => element("option", { value: name }, text)));
    select.value = value;
    select.addEventListener("change", () => {
      const wanted = { ...now, [key]: select.value };
      this.yasr.storePluginConfig("chart", wanted);
      this.show(wanted);
      this.place.querySelector(`[data-key="${key}"] select`)?.focus();
    });
    return element("label", { "data-key": key }, `${words} `, select);
  }

  image() {
    return this.drawn.toBase64Image();
  }

  destroy() {
    this.drawn?.destroy();
  }
}

/** Return a sentence on what is drawn and what is omitted. */
function summary({ label, number, kind, rows }, points, all) {
  const of =
    points.length < rows.length
      ? `the first ${count(points.length)} of ${count(rows.length)} rows`
      : count(points.length, "row", "rows");
  const without = all - rows.length;
  const missing = without ? ` Omitted without a value: ${count(without, "row", "rows")}.` : "";
  return `${WORDS[kind]} of ?${number.name} by ?${label.name}: ${of}.${missing}`;
}

function table({ label, number }, points) {
  const row = (cell, texts) => element("tr", {}, ...texts.map((text) => element(cell, {}, text)));
  const shown = ({ text }) => (label.kind === "iri" ? element("code", {}, text) : text);
  const rows = points.map((point) => row("td", [shown(point), count(point.value)]));
  const made = element(
    "table",
    {},
    element("thead", {}, row("th", [label.name, number.name])),
    element("tbody", {}, ...rows),
  );
  return element("details", { class: "same" }, element("summary", {}, "The same as a table"), made);
}

function configuration({ label, number, kind }, points, { ink, line, paper, kinds }, width) {
  const short = (text) => cut(text, width < 500 ? 18 : 40);
  const shares = kind === "pie";
  const dataset = {
    label: number.name,
    data: points.map(({ at, value }) => (kind === "line" ? { x: at, y: value } : value)),
    backgroundColor: shares ? kinds : kinds[0],
    borderColor: shares ? paper : kinds[0],
    borderWidth: shares || kind === "line" ? 2 : 0,
    maxBarThickness: 30,
  };
  const title = ([item]) => points[item?.dataIndex]?.text ?? "";
  return {
    type: kind,
    data: { labels: kind === "line" ? undefined : points.map(({ text }) => short(text)), datasets: [dataset] },
    options: {
      animation: false,
      maintainAspectRatio: false,
      locale: "en",
      indexAxis: kind === "bar" ? "y" : "x",
      scales: shares ? {} : axes({ label, number, kind }, points, { ink, line }),
      plugins: { legend: { display: shares, labels: { color: ink } }, tooltip: { callbacks: { title } } },
    },
  };
}

/** Return the axes of a line chart or of horizontal bars, which leave room for labels. */
function axes({ label, number, kind }, points, { ink, line }) {
  const axis = (name) => ({ title: { display: true, text: `?${name}`, color: ink }, grid: { color: line } });
  const whole = points.every(({ value }) => Number.isInteger(value)) ? { precision: 0 } : {};
  const figures = { ...axis(number.name), ticks: { color: ink, ...whole } };
  if (kind === "bar")
    return { x: figures, y: { ...axis(label.name), grid: { display: false }, ticks: { color: ink, autoSkip: false } } };
  const ticks = { color: ink, maxRotation: 0, callback: (at) => String(at) };
  const labels = { ...axis(label.name), type: "linear", bounds: "data", ticks };
  if (label.kind === "date") {
    const texts = new Map(points.map(({ at, text }) => [at, text.slice(0, DAY)]));
    ticks.callback = (at) => texts.get(at);
    labels.afterBuildTicks = (built) => Object.assign(built, { ticks: marks(points).map((value) => ({ value })) });
  }
  return { x: labels, y: figures };
}

/** Return a few positions of points, so that every date on the axis is a value of the result. */
function marks(points) {
  const places = [...new Set(points.map(({ at }) => at))];
  const step = Math.ceil(places.length / MARKS);
  return places.filter((_, place) => place % step === 0);
}
