type Attributes = Record<string, string | boolean | null>;

/** Makes an element with attributes (true: present, false or null: absent) and children; strings become text. */
export function create<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string | null)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  // Plain and short on purpose: a longer loop has V8 compile, for the first time on a page, before anything is seen.
  for (const name in attributes) {
    const value = attributes[name];
    if (value != null && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** A button that acts on click. */
export function button(
  className: string,
  act: () => void,
  attributes: Attributes,
  ...children: (Node | string)[]
): HTMLButtonElement {
  const element = create('button', { class: className, ...attributes }, ...children);
  element.onclick = act;
  return element;
}

/** The closing button of either layer. */
export function closeButton(label: string, act: () => void): HTMLButtonElement {
  return button('close', act, { 'aria-label': label }, '×');
}

/** A link, or null where there is nothing to point at. */
export function link(url: string | null | undefined, text: string): HTMLAnchorElement | null {
  return url ? create('a', { href: url }, text) : null;
}
