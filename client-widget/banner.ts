import { button, closeButton, create, link } from './dom.ts';
import type { WidgetConfig } from './types.ts';

/** What the first layer is there for. `gpc` tells that the browser's signal was honoured. */
export type BannerKind = 'choice' | 'gpc';

export interface BannerActions {
  accept: () => void;
  refuse: () => void;
  choose: () => void;
  dismiss: () => void;
}

/**
 * The first layer: a region at the start of the page, so that it is the first thing the keyboard and a screen reader
 * meet, without taking the focus. Its buttons share one class, so that none can outweigh another.
 */
export function renderBanner(
  { texts, model, look, links, policyUrl, ageHint }: WidgetConfig,
  kind: BannerKind,
  actions: BannerActions,
): HTMLElement {
  const asks = kind === 'choice' && model !== 'notice';
  const choice = (text: string, act: () => void) => button('choice', act, {}, text);
  const choose = choice(texts.choose, actions.choose);
  const text = create(
    'div',
    { class: 'scroll' },
    create('h2', { id: 'title' }, texts.title),
    create(
      'p',
      { id: 'body' },
      kind === 'gpc' ? texts.gpcHonoured : texts.body,
      asks && ageHint ? ` ${ageHint}` : null,
      ' ',
      link(policyUrl, texts.policy),
      ...links.flatMap(({ url, text }) => [' · ', link(url, text)]),
    ),
  );
  letTextScroll(text);
  const banner = create(
    'section',
    {
      class: `layer banner ${look.position}`,
      'aria-labelledby': 'title',
      'aria-describedby': 'body',
    },
    text,
    create(
      'div',
      { class: 'buttons' },
      ...(asks
        ? [choice(texts.acceptAll, actions.accept), choice(texts.refuseAll, actions.refuse), choose]
        : [choose, choice(texts.close, actions.dismiss)]),
    ),
    asks ? closeButton(texts.close, actions.dismiss) : null,
  );
  banner.onkeydown = ({ key }) => {
    if (key === 'Escape') actions.dismiss();
  };
  return banner;
}

/** Makes a text that does not fit scrollable by keyboard, once the browser has laid it out. */
function letTextScroll(text: HTMLElement): void {
  new ResizeObserver(() => {
    if (text.scrollHeight > text.clientHeight + 1) text.tabIndex = 0;
  }).observe(text);
}
