import { isListed } from './cookies.ts';
import { HELD, insertAnew, mayRun, type IsAllowed } from './gate.ts';
import { heldMarkup } from './markup.ts';
import type { Guard } from './parts.ts';
import { placeRules, purposeOf } from './trackers.ts';
import type { GuardConfig } from './types.ts';

/** Made of the npm package `third-party-web` by `scripts/trackers.ts`. */
declare const __HABEAS_TRACKERS__: string;

type Native = (...args: unknown[]) => unknown;
type Natives = Partial<Record<'set' | 'value', Native>>;

/** Is asked before something native; what it answers, unless falsy, is the answer. */
type Question = (self: object, args: unknown[]) => unknown;

const INSERTING =
  'appendChild insertBefore replaceChild append prepend before after replaceWith replaceChildren insertAdjacentElement';

/**
 * Holds back known trackers that nobody marked. Until all is allowed, the browser's own ways to load something ask
 * here first; whatever is no tracker goes its way. Elements wait for the gate; a request by code fails as it would
 * without network, and is not made up for later. `cover` gets each held frame, as often as it comes into the page.
 */
export function createGuard(
  config: Pick<GuardConfig, 'blocksTrackers' | 'services' | 'allowed' | 'cookies'>,
  isAllowed: IsAllowed,
  cover: (frame: HTMLIFrameElement) => void,
): Guard {
  const rules = config.blocksTrackers ? placeRules(__HABEAS_TRACKERS__, config) : [];
  const anchor = document.createElement('a');
  let undo: (() => void)[] = [];

  /** What an address waits for, if anything; a mark of the page's own counts more than what we know. */
  function missing(address: unknown, mark: DOMStringMap = {}): string | undefined {
    // An anchor resolves every address and throws at none.
    anchor.href = address as string;
    const purpose = anchor.hostname !== location.hostname && purposeOf(rules, anchor);
    if (!purpose) return;
    mark.consent ??= purpose;
    return mayRun(mark, isAllowed) ? undefined : purpose;
  }

  /** Marks an element that may not be loaded yet; true where its address must not even be set. */
  function hold(element: HTMLElement, address: unknown): boolean {
    const { dataset } = element;
    if (!missing(address, dataset)) return false;
    if (element instanceof HTMLScriptElement) {
      // It keeps its address, which Trusted Types may have vouched for; its type keeps it from running.
      if (element.type !== HELD) dataset.type = element.type;
      element.type = HELD;
      return false;
    }
    element.removeAttribute('src');
    dataset.src = address as string;
    // A frame on its way to a tracker is stopped.
    if (element instanceof HTMLIFrameElement) insertAnew(element);
    return true;
  }

  function examine(node: Node): void {
    const root = node as HTMLImageElement;
    // Most nodes that come are leaves.
    const found = root.firstChild
      ? root.querySelectorAll<HTMLImageElement>('[src],iframe[data-src]')
      : [];
    for (const element of [root, ...found]) {
      if (element.src) hold(element, element.src);
      if (
        element instanceof HTMLIFrameElement &&
        element.dataset.src &&
        mayRun(element.dataset, isAllowed) === false
      )
        cover(element);
    }
  }

  /** Has a question asked before each of these methods or setters that the target has itself. */
  function ask(target: object, names: string, question: Question): void {
    for (const name of names.split(' ')) {
      const own: Natives = Object.getOwnPropertyDescriptor(target, name) ?? {};
      const kind = own.set ? 'set' : 'value';
      const native = own[kind];
      if (!native) continue;
      const ours = {
        ...own,
        [kind](this: object, ...args: unknown[]): unknown {
          const answer = question(this, args);
          if (answer) return answer;
          return native.apply(this, args);
        },
      };
      Object.defineProperty(target, name, ours);
      undo.push(() => {
        // Whoever patched it after us keeps their patch; ours, below it, lets all pass by then.
        if (Object.getOwnPropertyDescriptor(target, name)?.[kind] === ours[kind])
          Object.defineProperty(target, name, own);
      });
    }
  }

  function install(): void {
    for (const { prototype } of [Node, Element, CharacterData, Document, DocumentFragment]) {
      ask(prototype, INSERTING, (_, nodes) => {
        // What already is in the page was seen when it came.
        for (const node of nodes as (Node | null)[]) if (node && !node.isConnected) examine(node);
      });
      ask(prototype, 'innerHTML outerHTML insertAdjacentHTML write writeln', (_, args) => {
        args.forEach((given, at) => {
          const text = String(given);
          const safe = heldMarkup(text, missing);
          if (safe !== text) args[at] = trustedMarkup(safe);
        });
      });
      ask(
        prototype,
        'setAttribute',
        (self, [name, address]) =>
          /^src$/i.test(name as string) && hold(self as HTMLElement, address),
      );
    }
    for (const { prototype } of [HTMLScriptElement, HTMLIFrameElement, HTMLImageElement])
      ask(prototype, 'src', (self, [address]) => hold(self as HTMLElement, address));
    ask(window, 'fetch', (_, args) => {
      // An address that fails without a sound.
      if (missing((args[0] as Request | undefined)?.url ?? args[0])) args[0] = 'http://';
    });
    ask(XMLHttpRequest.prototype, 'open', (self, [, address]) => {
      const request = self as XMLHttpRequest;
      if (missing(address))
        request.send = () => setTimeout(() => request.dispatchEvent(new Event('error')));
    });
    // True: a page that is told of a failure would try another way.
    ask(Navigator.prototype, 'sendBeacon', (_, [address]) => !!missing(address));
    ask(Document.prototype, 'cookie', (_, [text]) => {
      const [name = '', value] = String(text).split(/[=;]/);
      // Deleting is always allowed.
      return (
        value &&
        Object.entries(config.cookies).some(
          ([purpose, patterns]) => !isAllowed(purpose) && isListed(name.trim(), patterns),
        )
      );
    });
  }

  new MutationObserver((mutations) => {
    for (const { addedNodes } of mutations) addedNodes.forEach(examine);
  }).observe(document, { childList: true, subtree: true });

  function update(): void {
    undo.forEach((restore) => {
      restore();
    });
    undo = [];
    if (rules.some(([, purpose]) => !isAllowed(purpose))) install();
  }
  update();
  return { update };
}

interface Policy {
  createHTML: (markup: string) => string;
}
interface PolicyFactory {
  createPolicy: (name: string, rules: Policy) => Policy;
}
const policyRules: Policy = { createHTML: (markup) => markup };
let policy: Policy | undefined;

/** What Trusted Types want a policy for: markup that the page itself inserts, and that we only hold back. */
function trustedMarkup(markup: string): string {
  const { trustedTypes } = window as { trustedTypes?: PolicyFactory };
  policy ??= trustedTypes?.createPolicy('habeas-markup', policyRules) ?? policyRules;
  return policy.createHTML(markup);
}
