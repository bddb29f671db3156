import { create, link } from './dom.ts';
import type {
  ConsentState,
  DialogCategory,
  DialogService,
  DialogTexts,
  OptionalCategoryId,
  ServiceChoices,
} from './types.ts';

/** What the visitor has set in one category, once it is asked for. */
export interface CategoryAnswer {
  id: OptionalCategoryId;
  /** False where its services differ: what nobody named then stays off. */
  isOn: () => boolean;
  /** The services that depart from their category. */
  services: () => ServiceChoices;
}

/**
 * One purpose with its toggle, and the services beneath it with theirs. The upper toggle switches all services; where
 * they differ it is mixed, which only a checkbox can say, so it is a switch only where there are none.
 */
export function renderCategory(
  { id, title, description, services }: DialogCategory,
  texts: DialogTexts,
  state: ConsentState,
): { element: HTMLElement; answer: CategoryAnswer | null } {
  const isFixed = id === 'necessary' || state.minor;
  const about = `about-${id}`;
  const master = isFixed ? null : toggle(state.choices[id], services.length === 0, about);
  const parts = services.map((service) => {
    const part = isFixed
      ? null
      : toggle(state.services[service.id] ?? state.choices[id], true, `about-${service.id}`);
    return { id: service.id, part, element: renderService(service, texts, part) };
  });

  function showWhole(): void {
    const on = parts.filter(({ part }) => part?.checked).length;
    if (!master || parts.length === 0) return;
    master.checked = on === parts.length;
    master.indeterminate = on > 0 && !master.checked;
  }
  showWhole();
  for (const { part } of parts) if (part) part.onchange = showWhole;
  if (master)
    master.onchange = () => {
      for (const { part } of parts) if (part) part.checked = master.checked;
    };

  const element = create(
    'li',
    {},
    master
      ? create('label', { class: 'head' }, create('h3', {}, title), master)
      : create(
          'div',
          { class: 'head' },
          create('h3', {}, title),
          id === 'necessary' ? create('span', {}, texts.alwaysActive) : null,
        ),
    create('p', { id: about }, description),
    services.length
      ? create(
          'details',
          {},
          create('summary', {}, texts.services.replace('{count}', String(services.length))),
          create('ul', { role: 'list' }, ...parts.map((one) => one.element)),
        )
      : null,
  );
  if (!master || id === 'necessary') return { element, answer: null };
  return {
    element,
    answer: {
      id,
      isOn: () => master.checked,
      services: () =>
        Object.fromEntries(
          parts
            .filter(({ part }) => part && part.checked !== master.checked)
            .map(({ id: service }) => [service, !master.checked]),
        ),
    },
  };
}

function toggle(checked: boolean, isSwitch: boolean, describedBy: string): HTMLInputElement {
  return create('input', {
    type: 'checkbox',
    role: isSwitch ? 'switch' : null,
    checked,
    'aria-describedby': describedBy,
  });
}

function renderService(
  { id, name, provider, purpose, cookies, transfer, policyUrl }: DialogService,
  texts: DialogTexts,
  part: HTMLInputElement | null,
): HTMLElement {
  // Names of cookies are written from left to right, whatever the language around them.
  const facts: readonly (readonly [label: string, ...values: (string | Node)[]])[] = [
    [texts.provider, provider],
    [texts.transfer, ...(transfer ? [transfer] : [])],
    [texts.cookies, ...cookies.map((cookie) => create('bdi', {}, cookie))],
  ];
  const heading = create('h4', {}, name);
  const notice = link(policyUrl, texts.providerPolicy);
  if (notice) {
    // In a tab of its own: what is set here would be lost with the page.
    notice.target = '_blank';
    notice.rel = 'noopener noreferrer';
    notice.setAttribute('aria-label', `${texts.providerPolicy}: ${name}`);
  }
  return create(
    'li',
    {},
    part
      ? create('label', { class: 'head' }, heading, part)
      : create('div', { class: 'head' }, heading),
    create('p', { id: `about-${id}` }, purpose),
    create(
      'dl',
      {},
      ...facts.flatMap(([label, ...values]) =>
        values.length ? [create('dt', {}, label), create('dd', {}, ...values)] : [],
      ),
    ),
    notice,
  );
}
