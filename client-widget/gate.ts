import type { Guard, IsAllowed } from './guard.ts';
import type { OptionalCategoryId } from './types.ts';

const MARKED = '[data-consent]';

/**
 * Releases marked elements once their category is granted, now and as they are added.
 * The markup itself holds them back (`type="text/plain"`, `data-src`), so nothing runs if this code never does.
 */
export function createGate(isAllowed: IsAllowed): Guard {
  let isWatching = false;
  /** Plain external scripts that were inserted and have not run yet. */
  let pending: Promise<unknown>[] = [];
  let releasing = Promise.resolve();

  function release(): void {
    const isParsing = document.readyState === 'loading';
    const plain: HTMLScriptElement[] = [];
    const deferred: HTMLScriptElement[] = [];
    let isHeld = false;
    for (const element of document.querySelectorAll<HTMLElement>(MARKED)) {
      if (!isAllowed(element.dataset.consent as OptionalCategoryId)) continue;
      if (!(element instanceof HTMLScriptElement)) {
        showEmbed(element);
      } else if (element.type === 'text/plain') {
        const isDeferred = element.defer || element.dataset.type === 'module';
        // The parser may still be reading the last inline script; what follows it has to wait with it.
        isHeld ||= isParsing && !isExternal(element) && !element.nextSibling;
        if (isHeld || (isParsing && isDeferred)) continue;
        element.type = element.dataset.type ?? 'text/javascript';
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
        const settled = insertAgain(script);
        if (!script.async) pending.push(settled);
      } else {
        await Promise.all(pending);
        pending = [];
        void insertAgain(script);
      }
    }
  }

  function watch(): void {
    isWatching = true;
    document.addEventListener('DOMContentLoaded', release);
    new MutationObserver((mutations) => {
      if (mutations.some(({ addedNodes }) => [...addedNodes].some(isOrHoldsMarked))) release();
    }).observe(document, { childList: true, subtree: true });
  }

  return {
    update() {
      if (!isWatching) watch();
      release();
    },
  };
}

function isExternal(script: HTMLScriptElement): boolean {
  return Boolean(script.src || script.dataset.src);
}

function isOrHoldsMarked(node: Node): boolean {
  return node instanceof Element && (node.matches(MARKED) || node.querySelector(MARKED) !== null);
}

function showEmbed(element: HTMLElement): void {
  const { src, srcset } = element.dataset;
  // Removed first: a released element must not be released again by the observer.
  delete element.dataset.src;
  delete element.dataset.srcset;
  if (srcset) element.setAttribute('srcset', srcset);
  if (src) element.setAttribute('src', src);
}

/** Inserting the element anew makes the browser run it; nonce, attributes and the page's references stay. */
function insertAgain(script: HTMLScriptElement): Promise<unknown> {
  const { parentNode, nextSibling } = script;
  const settled = new Promise((resolve) => {
    script.addEventListener('load', resolve);
    script.addEventListener('error', resolve);
  });
  // Scripts inserted by script count as async until told otherwise.
  script.async = script.hasAttribute('async');
  const { src } = script.dataset;
  script.remove();
  if (src) script.src = trusted(src);
  parentNode?.insertBefore(script, nextSibling);
  return settled;
}

interface PolicyFactory {
  createPolicy: (
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ) => { createScriptURL: (url: string) => string };
}
let policy: ReturnType<PolicyFactory['createPolicy']> | undefined;

/** `data-src` of a script is the one place that Trusted Types wants a policy for; the site's markup names the URL. */
function trusted(url: string): string {
  const factory = (window as { trustedTypes?: PolicyFactory }).trustedTypes;
  policy ??= factory?.createPolicy('habeas', { createScriptURL: (source) => source });
  return policy?.createScriptURL(url) ?? url;
}
