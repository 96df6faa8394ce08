// The table of an answer, which the server makes as it does for every other page.

import { icon } from "./ask_view.js";
import { addTools } from "./table.js";

/** Return the table plugin for YASR; `table` is the address that turns a result into a table, `yasqe` returns the editor. */
export function tableView(table, yasqe) {
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
      const result = JSON.stringify(this.yasr.results.getAsJson());
      const body = new URLSearchParams({ query: yasqe().getValue(), result });
      const answer = await fetch(table, { method: "POST", body });
      const made = new DOMParser().parseFromString(await answer.text(), "text/html");
      place.replaceChildren(...made.body.childNodes);
      addTools(place);
    }
  };
}
