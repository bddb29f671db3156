import { button, create, CROSS, iconButton, policyLink } from './dom.ts';
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
  config: WidgetConfig,
  kind: BannerKind,
  actions: BannerActions,
): HTMLElement {
  const { texts, model } = config;
  const text = create('div', { class: 'text' });
  text.append(
    create('h2', { id: 'title' }, texts.title),
    create(
      'p',
      { id: 'body' },
      kind === 'gpc' ? texts.gpcHonoured : texts.body,
      ' ',
      policyLink(config.policyUrl, texts.policy),
    ),
  );
  const choose = button(texts.choose, 'choice', actions.choose);
  const asks = kind === 'choice' && model !== 'notice';
  const buttons = asks
    ? [
        button(texts.acceptAll, 'choice', actions.accept),
        button(texts.refuseAll, 'choice', actions.refuse),
        choose,
      ]
    : [choose, button(texts.close, 'choice', actions.dismiss)];
  const banner = create(
    'section',
    {
      class: `layer banner ${config.look.position}`,
      'aria-labelledby': 'title',
      'aria-describedby': 'body',
    },
    text,
    create('div', { class: 'buttons' }, ...buttons),
    asks ? iconButton(texts.close, 'close', CROSS, actions.dismiss) : null,
  );
  letTextScroll(text);
  banner.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') actions.dismiss();
  });
  return banner;
}

/** Makes a text that does not fit scrollable by keyboard, once the browser has laid it out. */
function letTextScroll(text: HTMLElement): void {
  new ResizeObserver(() => {
    if (text.scrollHeight > text.clientHeight + 1) text.tabIndex = 0;
  }).observe(text);
}
