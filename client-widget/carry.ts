import { newId } from './consent.ts';
import type { Core } from './parts.ts';

const MARK = /[#&](privacy_choice=[\w.-]+)$/;

/**
 * Lets a click on a link to another site of the group take the choice along, in the fragment, which no server sees.
 * The visitor's id stays here: the other site makes its own.
 */
export function carryAlong(group: readonly string[], core: Core): void {
  function carry({ target }: Event): void {
    const link = target instanceof Element ? target.closest('a') : null;
    const { decided, chosenAt } = core.verdict;
    const answers = /privacy_choice=2\.[^.]*\.[^.]*\.([\w.-]+)/.exec(core.cookie)?.[1];
    if (!link || !decided || !answers || !group.includes(link.host)) return;
    const href = link.getAttribute('href') ?? '';
    const ids = `2.${newId(0)}.${newId(chosenAt)}`;
    link.hash = `${link.hash && `${link.hash}&`}privacy_choice=${ids}.${answers}`;
    // Once the browser has gone after it, the page's own link is as it was.
    setTimeout(() => {
      link.setAttribute('href', href);
    });
  }
  for (const kind of ['click', 'auxclick']) document.addEventListener(kind, carry, true);
}

/**
 * The choice that the address brings from another site of the group, taken out of the address. Anybody can write such
 * an address, so it counts only where the browser says that a page of the group led here. Empty where there is none.
 */
export function takeCarried(group: readonly string[]): string {
  const { hash, pathname, search } = location;
  const line = MARK.exec(hash)?.[1];
  if (!line) return '';
  history.replaceState(history.state, '', pathname + search + hash.replace(MARK, ''));
  return group.includes(document.referrer.split('/')[2] ?? '') ? line : '';
}
