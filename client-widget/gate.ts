/** Whether a category or a service, by its id, may run now; undefined for what the site does not have. */
export type IsAllowed = (purpose: string | undefined) => boolean | undefined;

const MARKED = '[data-consent],[data-service]';
/** Type of a script that a browser leaves alone. */
export const HELD = 'text/plain';

/** What Trusted Types want a policy for: addresses in the site's markup. */
interface Policy {
  createScriptURL: (address: string) => string;
}
declare const window: {
  trustedTypes?: { createPolicy: (name: string, rules: Policy) => Policy };
};
const rules: Policy = { createScriptURL: (address) => address };
let policy: Policy | undefined;

/** For so long, in milliseconds, inline scripts wait for those before them. */
const PATIENCE = 10_000;

/**
 * Returns what releases marked elements that may run. The markup itself holds them back (`type="text/plain"`,
 * `data-src`, `data-href`), so nothing runs if this code never does.
 */
export function createGate(mayRun: (mark: DOMStringMap) => boolean | undefined): () => void {
  /** Over once the plain external scripts that were inserted have run. */
  let before: Promise<unknown> | undefined;
  let releasing = Promise.resolve();

  return () => {
    const isParsing = document.readyState === 'loading';
    let isHeld = false;
    for (const isLate of [false, true])
      for (const element of document.querySelectorAll<HTMLElement>(MARKED)) {
        const { dataset } = element;
        if (!mayRun(dataset)) continue;
        if (!(element instanceof HTMLScriptElement)) {
          restore(element);
          continue;
        }
        if (dataset.src) {
          // Its address alone must not start it: that is done in turn.
          element.type = HELD;
          policy ??= window.trustedTypes?.createPolicy('habeas', rules) ?? rules;
          element.src = policy.createScriptURL(dataset.src);
          delete dataset.src;
        }
        if (
          element.type !== HELD ||
          isLate !== (element.defer || dataset.type === 'module') ||
          // The parser may still be reading the last inline script; what follows it has to wait with it.
          (isParsing && (isLate || (isHeld ||= !element.src && !element.nextSibling)))
        )
          continue;
        element.type = dataset.type ?? '';
        releasing = releasing.then(async () => {
          // Scripts inserted by script count as async until told otherwise.
          element.async = element.hasAttribute('async');
          // Plain external ones run in the order in which they are inserted; inline ones run on insertion.
          if (!element.src) await before;
          else if (!element.async)
            before = Promise.all([
              before,
              new Promise((resolve) => {
                element.addEventListener('load', resolve);
                element.addEventListener('error', resolve);
                // A script that came by innerHTML never runs, and tells nobody.
                setTimeout(resolve, PATIENCE);
              }),
            ]);
          insertAnew(element);
        });
      }
  };
}

/** Acts now, and whenever something comes into the page. */
export function watchPage(act: () => void): void {
  addEventListener('DOMContentLoaded', act);
  new MutationObserver(act).observe(document, { childList: true, subtree: true });
  act();
}

/** Whether what is marked like this may run: as a service of the site, else by its category. */
export function mayRun(mark: DOMStringMap, isAllowed: IsAllowed): boolean | undefined {
  return isAllowed(mark.service) ?? isAllowed(mark.consent);
}

/** Gives an element the address that it was held back from; `sandbox` counts from the next load on. */
export function restore(element: HTMLElement): void {
  ['sandbox', 'srcset', 'href', 'src'].forEach((name) => {
    const value = element.dataset[name];
    if (value === undefined) return;
    element.setAttribute(name, value);
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- It takes an attribute away.
    delete element.dataset[name];
  });
}

/** Takes an element out and puts it back: a script is prepared once more, a frame begins anew. */
export function insertAnew(element: HTMLElement): void {
  const place = new Comment();
  element.replaceWith(place);
  place.replaceWith(element);
}
