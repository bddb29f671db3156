import { button, closeButton, create, link } from './dom.ts';
import { whenIdle } from './stage.ts';
import type { FirstConfig } from './types.ts';

export interface BannerActions {
  accept: () => void;
  refuse: () => void;
  choose: () => void;
  dismiss: () => void;
}

/**
 * The first layer: a region at the start of the page, so that it is the first thing the keyboard and a screen reader
 * meet, without taking the focus. Its buttons share one class, so that none can outweigh another. A `notice` takes the
 * place of the question.
 */
export function renderBanner(
  { texts, model, look, links, policyUrl, ageHint }: FirstConfig,
  notice: string | undefined,
  actions: BannerActions,
): HTMLElement {
  const asks = !notice && model !== 'notice';
  const { accept, refuse, choose, dismiss } = actions;
  const text = create(
    'div',
    { class: 'scroll' },
    create('h2', { id: 'title' }, texts.title),
    create(
      'p',
      { id: 'body' },
      notice ?? texts.body,
      asks && ageHint ? ` ${ageHint}` : null,
      ' ',
      link(policyUrl, texts.policy),
      ...(links ?? []).flatMap(({ url, text }) => [' · ', link(url, text)]),
    ),
  );
  letTextScroll(text);
  const answers = asks
    ? [
        [texts.acceptAll, accept] as const,
        [texts.refuseAll, refuse] as const,
        [texts.choose, choose] as const,
      ]
    : [[texts.choose, choose] as const, [texts.close, dismiss] as const];
  const banner = create(
    'section',
    {
      class: `layer ${look.position}`,
      'aria-labelledby': 'title',
      'aria-describedby': 'body',
    },
    text,
    create(
      'div',
      { class: 'buttons' },
      ...answers.map(([words, act]) => button('choice', act, {}, words)),
    ),
    asks ? closeButton(texts.close, dismiss) : null,
  );
  banner.onkeydown = ({ key }) => {
    if (key === 'Escape') dismiss();
  };
  return banner;
}

/** Makes a text that does not fit scrollable by keyboard; what is seen first need not wait for it. */
function letTextScroll(text: HTMLElement): void {
  const observer = new ResizeObserver(() => {
    if (text.scrollHeight > text.clientHeight + 1) text.tabIndex = 0;
  });
  whenIdle(() => {
    observer.observe(text);
  });
}
