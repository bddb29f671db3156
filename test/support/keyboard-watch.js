// Runs in the page: lists what Tab has to reach, and measures each stop as the next Tab leaves it.
(() => {
  'use strict';

  const CONTROLS =
    'a[href], button, input:not([type="hidden"]), select, textarea, details > summary, [tabindex="0"]';
  const ROLES = '[onclick], [role="button"], [role="link"], [role="tab"], [role="switch"]';

  const describe = (element) => element.cloneNode().outerHTML;
  const isInUse = (element) =>
    element.checkVisibility({ visibilityProperty: true }) &&
    !element.matches(':disabled, [inert] *');

  // One of a group of radio buttons: the arrow keys reach the others.
  const inUse = [...document.querySelectorAll(CONTROLS)].filter(isInUse);
  const isStop = (element) => {
    if (element.type !== 'radio') return true;
    const { form, name } = element;
    const group = inUse.filter(
      (one) => one.type === 'radio' && one.form === form && one.name === name,
    );
    return (group.find(({ checked }) => checked) ?? group[0]) === element;
  };
  const expected = inUse.filter(isStop);

  // The sign of the focus may be drawn by what the control stands in, or by a layer over it.
  const signsOf = (element) =>
    [[element], [element, '::after'], [element.closest('label') ?? element.parentElement]].map(
      ([one, layer]) => {
        const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(
          one,
          layer,
        );
        const outline = outlineStyle === 'none' ? '' : `${outlineWidth} ${outlineColor}`;
        return `${outline}${boxShadow === 'none' ? '' : boxShadow}`;
      },
    );

  // From the top, wherever the page itself has put the focus.
  document.body.tabIndex = -1;
  document.body.focus({ preventScroll: true });
  document.body.removeAttribute('tabindex');
  window.scrollTo(0, 0);

  const before = new Map(expected.map((element) => [element, signsOf(element)]));
  const hasSign = (element) =>
    signsOf(element).some((sign, at) => sign !== '' && sign !== before.get(element)?.[at]);

  /** What covers the top or the bottom of an element, or null. */
  const coverOf = (element) => {
    const [box] = element.getClientRects();
    if (!box) return 'nothing to see';
    const { innerWidth, innerHeight } = window;
    const top = box.height > innerHeight ? Math.max(box.top, 0) : box.top;
    const bottom = box.height > innerHeight ? Math.min(box.bottom, innerHeight) : box.bottom;
    const left = Math.max(box.left, 0);
    const across = left + (Math.min(box.right, innerWidth) - left) / 2;
    // The browser shows where one writes, which is the top of an empty text.
    for (const down of element.matches('textarea') ? [top + 2] : [top + 2, bottom - 2]) {
      const hit = document.elementFromPoint(across, down);
      if (!hit) return 'the edge of the window';
      const isOwn =
        element.contains(hit) || hit.contains(element) || hit.closest('label')?.control === element;
      if (!isOwn) return describe(hit);
    }
    return null;
  };

  const faults = [];
  const stops = [];
  const measure = (element) => {
    stops.push(element);
    if (!hasSign(element)) faults.push(`shows no focus: ${describe(element)}`);
    const cover = coverOf(element);
    if (cover) faults.push(`is focused under ${cover}: ${describe(element)}`);
  };
  addEventListener(
    'keydown',
    () => {
      const { activeElement } = document;
      // A date has a stop for each of its parts, and one for its calendar: up to seven.
      if (activeElement !== document.body && activeElement !== stops.at(-1)) measure(activeElement);
    },
    true,
  );

  window.keyboardFaults = () => {
    const last = stops.at(-1);
    const isOnce = stops.length <= expected.length;
    if (isOnce && document.activeElement === last) faults.push(`is never left: ${describe(last)}`);
    const at = expected.findIndex((element, index) => element !== stops[index]);
    if (at !== -1) {
      const found = stops[at] ? describe(stops[at]) : 'nothing';
      faults.push(`is not the next stop, but ${found}: ${describe(expected[at])}`);
    }
    const needsKeys = [...document.querySelectorAll(ROLES), ...window.clickable];
    for (const element of needsKeys) {
      if (!element.matches(CONTROLS)) faults.push(`is for the pointer only: ${describe(element)}`);
    }
    return faults;
  };

  const dates = expected.filter(({ type }) => /date|time|month|week/u.test(type));
  return expected.length + 6 * dates.length;
})();
