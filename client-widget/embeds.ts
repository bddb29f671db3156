import { button, create } from './dom.ts';
import styles from './embeds.css';
import { insertAnew, restore } from './gate.ts';
import type { EmbedConfig } from './types.ts';

declare const CONFIG: EmbedConfig;

const covered = new WeakSet<HTMLIFrameElement>();

/**
 * `embeds.js`: asks inside a held frame whether to load it, once or, where it belongs to a service that the site names,
 * from now on (`allow` records that; a whole category would be too much for one button). The frame stays where and as
 * large as it is.
 */
export function coverFrame(frame: HTMLIFrameElement, allow: (service: string) => void): void {
  if (covered.has(frame) || !frame.isConnected) return;
  covered.add(frame);
  const { dataset } = frame;
  if (frame.hasAttribute('sandbox')) {
    // In a sandbox the buttons would be dead; it is put back with the address.
    dataset.sandbox = frame.getAttribute('sandbox') ?? '';
    frame.removeAttribute('sandbox');
    insertAnew(frame);
  }
  const show = () => {
    const page = frame.contentDocument;
    if (dataset.src && page && !page.body.firstChild) ask(frame, page, allow);
  };
  show();
  // Some browsers load an empty document over the first one, and a frame that is moved begins anew.
  frame.addEventListener('load', show);
}

function ask(frame: HTMLIFrameElement, page: Document, allow: (service: string) => void): void {
  const { texts, services, language, direction, look } = CONFIG;
  const { dataset } = frame;
  const service = services.find(({ id }) => id === (dataset.service ?? dataset.consent));
  const { hostname } = new URL(dataset.src ?? '', document.baseURI);
  const name = service?.name ?? hostname.replace('www.', '');
  const named = (text: string) => text.replace('{service}', () => name);
  frame.title ||= name;

  const choice = (text: string, act: () => void) =>
    button(
      '',
      () => {
        act();
        frame.focus();
      },
      {},
      text,
    );
  const once = choice(texts.load, () => {
    delete dataset.service;
    dataset.consent = 'necessary';
    restore(frame);
  });
  const always =
    service &&
    choice(named(texts.always), () => {
      allow(service.id);
    });
  const { CSSStyleSheet: Sheet } = page.defaultView ?? window;
  const sheet = new Sheet();
  sheet.replaceSync(styles + (look.paint ?? ''));
  page.adoptedStyleSheets = [sheet];
  Object.assign(page.documentElement, {
    lang: language,
    dir: direction ?? 'ltr',
    className: look.theme,
  });
  page.body.append(
    // Made by the page's document, so that the guard asks about its address too.
    ...(dataset.poster ? [create('img', { src: dataset.poster, alt: '' })] : []),
    create('p', {}, named(texts.body)),
    create('div', {}, once, always ?? null),
  );
}
