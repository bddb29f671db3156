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
export function button(
  className: string,
  act: () => void,
  attributes: Attributes,
  ...children: (Node | string)[]
): HTMLButtonElement {
  const element = create(
    'button',
    { type: 'button', class: className, ...attributes },
    ...children,
  );
  element.onclick = act;
  return element;
}

/** A drawing of lines on a field of 24 by 24, silent to screen readers. */
export function icon(path: string): SVGElement {
  const namespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(namespace, 'svg');
  const line = document.createElementNS(namespace, 'path');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}

/** The closing button of either layer. */
export function closeButton(label: string, act: () => void): HTMLButtonElement {
  return button('close', act, { 'aria-label': label, title: label }, icon('M6 6l12 12M18 6L6 18'));
}

/** A link, or null where there is nothing to point at. */
export function link(url: string | null, text: string): HTMLAnchorElement | null {
  return url ? create('a', { href: url }, text) : null;
}
