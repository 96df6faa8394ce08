// The table of an answer.

import { icon } from "./ask_view.js";
import { addTools } from "./table.js";

/** Return a function from a result and its query to the elements of its table, which the server makes at an address. */
export function madeAt(address) {
  return async (result, query) => {
    const body = new URLSearchParams({ query, result: JSON.stringify(result) });
    const answer = await fetch(address, { method: "POST", body });
    const made = new DOMParser().parseFromString(await answer.text(), "text/html");
    return made.body;
  };
}

/** Return the table plugin for YASR; `make` returns the table of a result and its query, `yasqe` the editor. */
export function tableView(make, yasqe) {
  return class {
    priority = 10;
    label = "Table";

    constructor(yasr) {
      this.yasr = yasr;
    }

    canHandleResults() {
      return Boolean(this.yasr.results?.getVariables()?.length);
    }

    getIcon() {
      return icon("M1 2h14v12H1Zm1.5 4v3h5V6Zm6.5 0v3h4.5V6Zm-6.5 4.5v2h5v-2Zm6.5 0v2h4.5v-2Z");
    }

    async draw() {
      const place = document.createElement("div");
      this.yasr.resultsEl.append(place);
      const made = await make(this.yasr.results.getAsJson(), yasqe().getValue());
      place.replaceChildren(...made.childNodes);
      addTools(place);
    }
  };
}
