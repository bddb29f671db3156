type Attributes = Record<string, string | boolean | null>;

/** Makes an element with attributes (true: present, false or null: absent) and children; strings become text. */
export function create<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string | null)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== null && value !== false) element.setAttribute(name, value === true ? '' : value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** A button that acts on click. */
export function button(text: string, className: string, act: () => void): HTMLButtonElement {
  const element = create('button', { type: 'button', class: className }, text);
  element.addEventListener('click', act);
  return element;
}

/** A round button that shows an icon and is named by `label`. */
export function iconButton(
  label: string,
  className: string,
  path: string,
  act: () => void,
): HTMLButtonElement {
  const element = button('', className, act);
  element.setAttribute('aria-label', label);
  element.title = label;
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  line.setAttribute('d', path);
  svg.append(line);
  element.append(svg);
  return element;
}

/** Link to the site's own notice, or nothing where none is given. */
export function policyLink(url: string | null, text: string): HTMLAnchorElement | null {
  return url ? create('a', { href: url }, text) : null;
}

export const CROSS = 'M6 6l12 12M18 6L6 18';
