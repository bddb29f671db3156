import { button, create, CROSS, iconButton, policyLink } from './dom.ts';
import type {
  ConsentState,
  DialogCategory,
  DialogConfig,
  OptionalCategoryId,
  ServiceChoices,
  WidgetConfig,
} from './types.ts';

export interface PreferencesActions {
  accept: () => void;
  refuse: () => void;
  save: (choices: Record<OptionalCategoryId, boolean>, services: ServiceChoices) => void;
}

/**
 * The second layer, a native modal dialog: the browser keeps the focus inside, closes it on Esc and returns the focus.
 * Closing it changes nothing. The toggles show what may run now, so under opt-in none is on before consent.
 */
export function renderPreferences(
  config: WidgetConfig,
  second: DialogConfig,
  { choices, gpc }: ConsentState,
  actions: PreferencesActions,
): HTMLDialogElement {
  const { texts } = config;
  // A later consent may stand beside the signal; then it would be untrue to say so.
  const isHonoured = gpc && !choices.analytics && !choices.marketing;
  const toggles = new Map<OptionalCategoryId, HTMLInputElement>();

  function row({ id, title, description }: DialogCategory): HTMLElement {
    const words = create('p', { id: `about-${id}` }, description);
    if (id === 'necessary')
      return create(
        'li',
        {},
        create(
          'div',
          { class: 'head' },
          create('h3', {}, title),
          create('span', {}, second.texts.alwaysActive),
        ),
        words,
      );
    const toggle = create('input', {
      type: 'checkbox',
      role: 'switch',
      checked: choices[id],
      'aria-describedby': words.id,
    });
    toggles.set(id, toggle);
    return create(
      'li',
      {},
      create('label', { class: 'head' }, create('h3', {}, title), toggle),
      words,
    );
  }

  function leaving(act: () => void): () => void {
    return () => {
      dialog.close();
      act();
    };
  }

  const save = leaving(() => {
    const isOn = (id: OptionalCategoryId) => toggles.get(id)?.checked ?? false;
    const chosen = {
      preferences: isOn('preferences'),
      analytics: isOn('analytics'),
      marketing: isOn('marketing'),
    };
    actions.save(chosen, {});
  });
  const dialog = create(
    'dialog',
    { class: 'layer preferences', 'aria-labelledby': 'heading' },
    create(
      'header',
      {},
      create('h2', { id: 'heading' }, second.texts.preferencesTitle),
      iconButton(texts.close, 'close', CROSS, () => {
        dialog.close();
      }),
    ),
    create(
      'div',
      { class: 'scroll', tabindex: '0', role: 'group', 'aria-labelledby': 'heading' },
      create(
        'p',
        {},
        second.texts.preferencesBody,
        ' ',
        policyLink(config.policyUrl, texts.policy),
      ),
      isHonoured ? create('p', { class: 'signal' }, texts.gpcHonoured) : null,
      create('ul', { role: 'list' }, ...second.categories.map(row)),
    ),
    create(
      'div',
      { class: 'buttons' },
      button(texts.acceptAll, 'choice', leaving(actions.accept)),
      button(texts.refuseAll, 'choice', leaving(actions.refuse)),
      button(second.texts.save, 'choice', save),
    ),
  );
  // A click on the backdrop hits the dialog itself; its content covers the rest.
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) dialog.close();
  });
  dialog.addEventListener('close', () => {
    dialog.remove();
  });
  return dialog;
}
