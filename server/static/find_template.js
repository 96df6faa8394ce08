// Parts of a page that scripts fill.

/** Return a copy of a template, with texts or elements in its slots. */
export function filled(template, contents) {
  const copy = template.content.cloneNode(true);
  for (const slot of copy.querySelectorAll("slot")) slot.replaceWith(contents[slot.name]);
  return copy;
}
