// Shared code of the views of a query result: DOM helpers, colours, and loading of libraries on demand.

export const KINDS = 8; // number of distinct colours in the style sheet

/** Create an element with attributes and children; strings become text nodes. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Create the icon of a tab from a path in a square of 16 units. */
export function icon(path) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", path);
  svg.append(line);
  const held = element("div", { class: "svgImg" });
  held.append(svg);
  return held;
}

/** Return the values of the style sheet's custom properties at an element. */
export function colours(place) {
  const style = getComputedStyle(place);
  const value = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: value("ink"),
    muted: value("muted"),
    paper: value("paper"),
    line: value("line"),
    kinds: Array.from({ length: KINDS }, (_, number) => value(`kind-${number}`)),
    other: value("kind-other"),
  };
}

/**
 * Return a YASR plugin class that draws a view of the result.
 *
 * `view` has: name, label, path (of the icon), fits(results), and draw(yasr, place), which returns
 * `{ image(): data URL, destroy() }`. The library at `address` is loaded when the first view is drawn.
 */
export function pictureView(view, address) {
  return class {
    priority = 1;
    label = view.label;

    constructor(yasr) {
      this.yasr = yasr;
    }

    canHandleResults() {
      return Boolean(this.yasr.results) && view.fits(this.yasr.results);
    }

    getIcon() {
      return icon(view.path);
    }

    async draw() {
      this.destroy();
      const place = element("div", { class: "picture", "data-view": view.name, "aria-busy": "true" });
      this.yasr.resultsEl.append(place);
      try {
        await import(address);
        if (place.isConnected) this.drawn = view.draw(this.yasr, place);
      } catch (error) {
        place.replaceChildren(element("p", { role: "alert" }, `The view could not be drawn: ${error.message}`));
        place.removeAttribute("aria-busy");
      }
    }

    destroy() {
      this.drawn?.destroy();
      this.drawn = undefined;
    }

    download(name) {
      if (!this.drawn) return undefined;
      const filename = `${name || view.name}.png`;
      return { getData: () => this.drawn.image(), filename, contentType: "image/png", title: "Download picture" };
    }
  };
}
