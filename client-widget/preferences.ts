import { renderCategory, type CategoryAnswer } from './category.ts';
import { button, closeButton, create, link } from './dom.ts';
import { icon } from './icon.ts';
import type {
  ConsentState,
  DialogConfig,
  OptionalCategoryId,
  ServiceChoices,
  FirstConfig,
} from './types.ts';

export interface PreferencesActions {
  accept: () => void;
  refuse: () => void;
  save: (choices: Record<OptionalCategoryId, boolean>, services: ServiceChoices) => void;
}

const INFORMATION = 'M12 3a9 9 0 100 18 9 9 0 000-18zM12 11v5m0-8v.01';

/**
 * The second layer, a native modal dialog: the browser keeps the focus inside, closes it on Esc and returns the focus.
 * Closing it changes nothing. The toggles show what may run now, so under opt-in none is on before consent. Elsewhere
 * there is no button that allows all: it says a mere "OK", and would overrule what was just switched off. Where the
 * page says that the visitor is below the age of consent there is nothing to choose, and the dialog says so.
 */
export function renderPreferences(
  config: FirstConfig,
  second: DialogConfig,
  state: ConsentState,
  actions: PreferencesActions,
): HTMLDialogElement {
  const { texts, links = [], ageHint } = config;
  const { choices, gpc, minor } = state;
  const answers: CategoryAnswer[] = [];
  // A later consent may stand beside the signal; then it would be untrue to say that it is honoured.
  const isHonoured = gpc && !choices.analytics && !choices.marketing;

  const note = (text: string) =>
    create('p', { class: 'note' }, icon(INFORMATION), create('span', {}, text));
  const close = () => {
    dialog.close();
  };
  const choice = (text: string, act: () => void) =>
    button(
      'choice',
      () => {
        close();
        act();
      },
      {},
      text,
    );
  function save(): void {
    const isOn = (id: OptionalCategoryId) =>
      answers.some((answer) => answer.id === id && answer.isOn());
    actions.save(
      {
        preferences: isOn('preferences'),
        analytics: isOn('analytics'),
        marketing: isOn('marketing'),
      },
      Object.assign({}, ...answers.map((answer) => answer.services())) as ServiceChoices,
    );
  }

  const dialog = create(
    'dialog',
    { class: 'layer preferences', 'aria-labelledby': 'heading' },
    create(
      'header',
      {},
      create(
        'h2',
        { id: 'heading', tabindex: '-1', autofocus: true },
        second.texts.preferencesTitle,
      ),
      closeButton(texts.close, close),
    ),
    create(
      'div',
      { class: 'scroll', tabindex: '0', role: 'group', 'aria-labelledby': 'heading' },
      minor ? note(second.texts.minor) : null,
      create(
        'p',
        {},
        minor ? null : `${second.texts.preferencesBody} `,
        link(config.policyUrl, texts.policy),
      ),
      isHonoured ? note(second.texts.gpcHonoured) : null,
      ageHint && !minor ? note(ageHint) : null,
      links.length
        ? create('div', { class: 'links' }, ...links.map(({ url, text }) => link(url, text)))
        : null,
      create(
        'ul',
        { class: 'categories', role: 'list' },
        ...second.categories.map((category) => {
          const { element, answer } = renderCategory(category, second.texts, state);
          if (answer) answers.push(answer);
          return element;
        }),
      ),
      link(second.declarationUrl, second.texts.declaration),
    ),
    create(
      'div',
      { class: 'buttons' },
      ...(minor
        ? [choice(texts.close, () => undefined)]
        : [
            ...(config.model === 'opt-in' ? [choice(texts.acceptAll, actions.accept)] : []),
            choice(texts.refuseAll, actions.refuse),
            choice(second.texts.save, save),
          ]),
    ),
  );
  // A click on the backdrop hits the dialog itself; its content covers the rest.
  dialog.onclick = ({ target }) => {
    if (target === dialog) close();
  };
  dialog.onclose = () => {
    dialog.remove();
  };
  return dialog;
}
