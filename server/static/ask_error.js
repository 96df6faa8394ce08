// Why a query has no answer: the reason in words, and the line that it is about, marked here and in the editor.

import { element } from "./ask_view.js";

const MARKED = "mistaken";

/**
 * Return the members of a problem (RFC 9457), or the text of another error response, such as a proxy's, as its detail.
 *
 * Its place is that in the editor, where the first line is without what was `added` before it when it was sent.
 */
export function problemOf(error, added) {
  try {
    const problem = JSON.parse(error.text);
    const { detail, line, column } = problem;
    return line === 1 ? { ...problem, detail: detail.replace(`1:${column}`, `1:${column - added.length}`) } : problem;
  } catch {
    return { detail: error.text || "it failed" };
  }
}

/** Return the error plugin for YASR; `yasqe` returns the editor of the query, `added` what was sent before its text. */
export function errorView(yasqe, added) {
  return class {
    priority = 20;
    hideFromSelection = true; // it is no view to choose

    constructor(yasr) {
      this.yasr = yasr;
    }

    canHandleResults() {
      return Boolean(this.yasr.results?.getError());
    }

    getIcon() {
      return element("span");
    }

    draw() {
      const editor = yasqe();
      const { detail, line } = problemOf(this.yasr.results.getError(), added(editor));
      const written = line ? editor.getLine(line - 1) : undefined;
      const place = element("section", { class: "wrong", role: "alert" }, element("h2", {}, "No answer"), element("p", {}, detail));
      if (written !== undefined) {
        place.append(element("pre", { tabindex: "0" }, `${line}  `, element("mark", {}, written)));
        const handle = editor.addLineClass(line - 1, "background", MARKED);
        editor.on("change", () => editor.removeLineClass(handle, "background", MARKED));
      }
      this.yasr.resultsEl.append(place);
    }
  };
}
