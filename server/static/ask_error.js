// Why a query has no answer: the reason in words, and the line that it is about, marked here and in the editor.

import { element } from "./ask_view.js";

const MARKED = "mistaken";

/** Return the members of a problem (RFC 9457), or the text of another error response, such as a proxy's, as its detail. */
export function problemOf(error) {
  try {
    return JSON.parse(error.text);
  } catch {
    return { detail: error.text || "it failed" };
  }
}

/** Return the error plugin for YASR; `yasqe` returns the editor of the query. */
export function errorView(yasqe) {
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
      const { detail, line } = problemOf(this.yasr.results.getError());
      const editor = yasqe();
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
