/** What an attribute may be set to; `false` and `undefined` leave it out, `true` writes it empty. */
type AttributeValue = string | number | boolean | undefined;

/** Creates an element with attributes and children; strings become text, never markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, AttributeValue>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const created = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) created.setAttribute(attribute, value === true ? "" : String(value));
  }
  created.append(...children);
  return created;
}

/** A button of type "button" that calls `onClick`. */
export function button(
  attributes: Readonly<Record<string, AttributeValue>>,
  onClick: () => void,
  ...children: readonly (Node | string)[]
): HTMLButtonElement {
  const created = element("button", { type: "button", ...attributes }, ...children);
  created.addEventListener("click", onClick);
  return created;
}

/** The element of index.html with this id; the page is broken without it, so it throws. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`index.html has no element with the id "${id}"`);
  return found;
}
