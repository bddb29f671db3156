/** Whether a category or a service, by its id, may run now; undefined for what the site does not have. */
export type IsAllowed = (purpose: string | undefined) => boolean | undefined;

const MARKED = '[data-consent],[data-service]';
/** Type of a script that a browser leaves alone. */
export const HELD = 'text/plain';

/** For so long, in milliseconds, inline scripts wait for those before them. */
const PATIENCE = 10_000;

/**
 * Returns what releases marked elements whose category or service is allowed. The markup itself holds them back
 * (`type="text/plain"`, `data-src`, `data-href`), so nothing runs if this code never does.
 */
export function createGate(isAllowed: IsAllowed): () => void {
  /** Plain external scripts that were inserted and have not run yet. */
  let pending: Promise<unknown>[] = [];
  let releasing = Promise.resolve();

  function release(): void {
    const isParsing = document.readyState === 'loading';
    const plain: HTMLScriptElement[] = [];
    const deferred: HTMLScriptElement[] = [];
    let isHeld = false;
    for (const element of document.querySelectorAll<HTMLElement>(MARKED)) {
      const { type, src } = element.dataset;
      if (!mayRun(element.dataset, isAllowed)) continue;
      if (!(element instanceof HTMLScriptElement)) {
        restore(element);
      } else if (element.type === HELD || src) {
        const isDeferred = element.defer || type === 'module';
        // The parser may still be reading the last inline script; what follows it has to wait with it.
        isHeld ||= isParsing && !isExternal(element) && !element.nextSibling;
        if (isHeld || (isParsing && isDeferred)) continue;
        element.type = type ?? '';
        (isDeferred ? deferred : plain).push(element);
      }
    }
    const scripts = [...plain, ...deferred];
    if (scripts.length) releasing = releasing.then(() => runInOrder(scripts));
  }

  /**
   * The browser runs external scripts in the order they are inserted in unless they are async; inline ones run
   * on insertion, so they wait for the external ones before them.
   */
  async function runInOrder(scripts: HTMLScriptElement[]): Promise<void> {
    for (const script of scripts) {
      if (isExternal(script)) {
        const settled = run(script);
        if (!script.async) pending.push(settled);
      } else {
        await Promise.all(pending);
        pending = [];
        void run(script);
      }
    }
  }

  return release;
}

/** Acts now, and whenever something comes into the page. */
export function watchPage(act: () => void): void {
  document.addEventListener('DOMContentLoaded', act);
  new MutationObserver(act).observe(document, { childList: true, subtree: true });
  act();
}

/** Whether what is marked like this may run: as a service of the site, else by its category. */
export function mayRun(mark: DOMStringMap, isAllowed: IsAllowed): boolean | undefined {
  return isAllowed(mark.service) ?? isAllowed(mark.consent);
}

/** Lets an element that is no script load what it was held back from; `sandbox` counts from the next load on. */
export function restore(element: HTMLElement): void {
  for (const name of ['sandbox', 'srcset', 'href', 'src']) {
    const value = element.getAttribute(`data-${name}`);
    // Removed first: a released element must not be released again by the observer.
    element.removeAttribute(`data-${name}`);
    if (value !== null) element.setAttribute(name, value);
  }
}

function isExternal(script: HTMLScriptElement): boolean {
  return Boolean(script.src || script.dataset.src);
}

/** Makes the browser run it; nonce, attributes and the page's references stay. */
function run(script: HTMLScriptElement): Promise<unknown> {
  const settled = new Promise((resolve) => {
    script.addEventListener('load', resolve);
    script.addEventListener('error', resolve);
    // A script that came by innerHTML never runs, and tells nobody.
    setTimeout(resolve, PATIENCE);
  });
  // Scripts inserted by script count as async until told otherwise.
  script.async = script.hasAttribute('async');
  insertAnew(script, () => {
    const { src } = script.dataset;
    delete script.dataset.src;
    if (src) script.src = trusted('createScriptURL', src);
  });
  return settled;
}

/** Takes an element out and puts it back: a script is prepared once more, a frame begins anew. */
export function insertAnew(element: HTMLElement, change?: () => void): void {
  const { parentNode, nextSibling } = element;
  element.remove();
  change?.();
  parentNode?.insertBefore(element, nextSibling);
}

type Kind = 'createScriptURL' | 'createHTML';
type Policy = Record<Kind, (text: string) => string>;
interface PolicyFactory {
  createPolicy: (name: string, rules: Policy) => Policy;
}
let policy: Policy | undefined;

/** What Trusted Types wants a policy for: addresses in the site's markup, and markup that we only hold back. */
export function trusted(kind: Kind, text: string): string {
  const factory = (window as { trustedTypes?: PolicyFactory }).trustedTypes;
  const same = (given: string) => given;
  policy ??= factory?.createPolicy('habeas', { createScriptURL: same, createHTML: same });
  return policy?.[kind](text) ?? text;
}
