/**
 * The table of cookies and services, built where the tag of this script stands, in the look of the page:
 * `<script src="https://privacy.example.org/c/SITEKEY/declaration.js" defer></script>`, or in the element
 * that carries `data-cookie-declaration`.
 */
import { create } from './dom.ts';

interface Cookie {
  name: string;
  kindLabel: string;
  life: string;
  purpose: string;
}
interface Service {
  name: string;
  provider: string;
  purpose: string;
  transfer: string;
  policyUrl: string | null;
  cookies: Cookie[];
}
interface Declaration {
  language: string;
  direction: string;
  headings: Record<'service' | 'provider' | 'purpose' | 'cookies' | 'life' | 'transfer', string>;
  categories: { title: string; description: string; services: Service[] }[];
}

const cell = (...parts: (Node | string | null)[]) => create('td', {}, ...parts);

function cookieList(cookies: readonly Cookie[]): HTMLElement {
  const items = cookies.map(({ name, kindLabel, life, purpose }) =>
    create(
      'li',
      {},
      create('code', {}, name),
      ` ${[kindLabel, life, purpose].filter((part) => part !== '').join(', ')}`,
    ),
  );
  return create('ul', {}, ...items);
}

function tableOf(services: readonly Service[], { headings }: Declaration): HTMLElement {
  const { service, provider, purpose, cookies, transfer } = headings;
  const head = [service, provider, purpose, transfer, cookies].map((text) =>
    create('th', { scope: 'col' }, text),
  );
  const rows = services.map((one) =>
    create(
      'tr',
      {},
      create(
        'th',
        { scope: 'row' },
        one.policyUrl ? create('a', { href: one.policyUrl }, one.name) : one.name,
      ),
      cell(one.provider),
      cell(one.purpose),
      cell(one.transfer),
      cell(cookieList(one.cookies)),
    ),
  );
  return create(
    'table',
    {},
    create('thead', {}, create('tr', {}, ...head)),
    create('tbody', {}, ...rows),
  );
}

async function show(place: Element, address: string): Promise<void> {
  const response = await fetch(address, { credentials: 'omit' });
  if (!response.ok) return;
  const declaration = (await response.json()) as Declaration;
  const sections = declaration.categories
    .filter(({ services }) => services.length > 0)
    .map(({ title, description, services }) =>
      create(
        'section',
        {},
        create('h3', {}, title),
        create('p', {}, description),
        tableOf(services, declaration),
      ),
    );
  place.replaceChildren(
    create('div', { lang: declaration.language, dir: declaration.direction }, ...sections),
  );
}

const tag = document.currentScript as HTMLScriptElement | null;
const marked = document.querySelector('[data-cookie-declaration]');
if (tag) {
  const place = marked ?? create('div');
  if (!marked) tag.after(place);
  const { lang } = document.documentElement;
  void show(place, tag.src.replace(/\.js.*$/, `.json${lang && `?lang=${lang}`}`));
}
