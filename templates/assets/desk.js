// Comforts of the desk only: every page works without this file.
(() => {
  'use strict';

  const one = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const desk = one('[data-desk]');
  const say = (text) => {
    one('[data-said]').textContent = text;
  };

  // Shortcuts of one key can be switched off (WCAG 2.1.4); storage throws where it is forbidden.
  const SWITCH = 'single-keys';
  const remember = (act) => {
    try {
      return act(localStorage);
    } catch {
      return null;
    }
  };
  const toggle = one('#keys-on');
  toggle.checked = remember((storage) => storage.getItem(SWITCH)) !== 'off';
  toggle.addEventListener('change', () => {
    remember((storage) => storage.setItem(SWITCH, toggle.checked ? 'on' : 'off'));
  });
  const sheet = one('#keys');
  const opener = one('[data-keys-open]');
  opener.hidden = false;
  opener.addEventListener('click', () => sheet.showModal());

  // Rows: the focus on a row's link is where one is.
  const links = () => all('.queue-table .row-link');
  const move = (step) => {
    const found = links();
    const at = found.indexOf(document.activeElement);
    const next = found[at === -1 ? (step > 0 ? 0 : found.length - 1) : at + step];
    next?.focus();
    next?.scrollIntoView({ block: 'nearest' });
  };
  const rowBox = () =>
    one('input[name="rows"]', document.activeElement?.closest('tr') ?? document.createElement('p'));
  const choose = () => {
    const box = rowBox();
    if (!box) return;
    box.checked = !box.checked;
    box.dispatchEvent(new Event('change', { bubbles: true }));
  };

  const chosen = one('[data-chosen]');
  const badge = one('[data-count]');
  const recount = () => {
    if (!badge) return;
    const count = all('input[name="rows"]:checked', chosen).length;
    badge.hidden = count === 0;
    badge.textContent = badge.dataset.count.replace('{count}', count);
    say(count === 0 ? '' : badge.textContent);
  };
  chosen?.addEventListener('change', ({ target }) => {
    if (target.name === 'rows') recount();
  });

  /** Unfolds what holds an element, and goes to it. */
  const goTo = (target) => {
    if (!target) return;
    const fold = target.closest('details');
    if (fold) fold.open = true;
    const field = target.matches('details')
      ? one('textarea, select, input:not([type="hidden"])', target)
      : target;
    (field ?? target).focus();
  };
  // Assigning from the queue takes the row one is at, when none is chosen.
  const goToKey = (key) => {
    if (chosen && !one('input[name="rows"]:checked', chosen)) choose();
    goTo(one(`[data-key="${key}"]`) ?? (key === 'a' ? one('#assign-assigneeId') : null));
  };
  for (const link of all('a[data-unfold]')) {
    link.addEventListener('click', (event) => {
      event.preventDefault();
      goTo(one(link.getAttribute('href')));
    });
  }

  const visit = (url) => location.assign(url);
  const keys = {
    '?': () => sheet.showModal(),
    '/': () => one('[data-key="/"]')?.focus(),
    j: () => move(1),
    k: () => move(-1),
    x: choose,
    a: () => goToKey('a'),
    t: () => goToKey('t'),
    e: () => one('[data-key="e"]')?.click(),
    r: () => goTo(one('#message')),
    n: () => goTo(one('#note')),
  };
  const after = {
    q: () => visit(desk.dataset.queue),
    m: () => visit(`${desk.dataset.queue}?assignee=me`),
  };
  let isAfterG = false;
  document.addEventListener('keydown', (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const isTyping = target.closest(
      'input:not([type="checkbox"]), textarea, select, [contenteditable]',
    );
    if (key === 'Escape' && isTyping && !sheet.open) target.blur();
    if (isTyping || sheet.open || !toggle.checked) return;
    const act = isAfterG ? after[key] : keys[key];
    isAfterG = !isAfterG && key === 'g';
    if (!act) return;
    event.preventDefault();
    act();
  });

  const token = () => one('input[name="_csrf"]').value;
  const post = (url, fields = {}) =>
    fetch(url, {
      method: 'POST',
      body: new URLSearchParams({ _csrf: token(), ...fields }),
      headers: { Accept: 'application/json' },
    });

  // The queue: rows are brought up to date where they stand, with what is chosen and the focus.
  const refreshRows = async () => {
    const answer = await fetch(location.href);
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const newForm = one('[data-chosen]', fresh);
    if (!newForm) return;
    const ids = all('input[name="rows"]:checked', chosen).map((box) => box.closest('tr').id);
    const focused = document.activeElement?.closest('tr')?.id;
    const isBox = document.activeElement?.matches('input[name="rows"]');
    one('tbody', chosen).replaceWith(document.importNode(one('tbody', newForm), true));
    for (const id of ids) {
      const box = one(
        'input[name="rows"]',
        document.getElementById(id) ?? document.createElement('p'),
      );
      if (box) box.checked = true;
    }
    const row = focused && document.getElementById(focused);
    if (row) one(isBox ? 'input[name="rows"]' : '.row-link', row)?.focus({ preventScroll: true });
    chosen.dataset.stamp = newForm.dataset.stamp;
    recount();
    one('[data-live]').textContent = chosen.dataset.changed;
  };

  const EVERY_MS = 20_000;
  const pulse = async () => {
    if (document.visibilityState !== 'visible') return;
    const from = one('[data-pulse]');
    if (!from) return;
    const answer = await post(from.dataset.pulse).catch(() => null);
    if (!answer?.ok) return;
    const now = await answer.json();
    if (from === chosen) {
      if (now.stamp !== from.dataset.stamp) await refreshRows();
      return;
    }
    one('[data-changed]', from).hidden = now.stamp === from.dataset.stamp;
    const others = one('[data-others]', from);
    others.hidden = now.others === '';
    one('[data-others-text]', others).textContent = now.others;
  };
  if (one('[data-pulse]')) setInterval(pulse, EVERY_MS);
  addEventListener('habeas:pulse', pulse);

  // Drafts: kept with the request, for the same member on another device.
  for (const status of all('[data-draft-of]')) {
    const area = document.getElementById(status.dataset.draftOf);
    const { form, url } = status.dataset;
    let timer;
    let saved = area.value;
    const save = async () => {
      clearTimeout(timer);
      if (area.value === saved || area.form.hasAttribute('data-sent')) return;
      const text = area.value;
      const answer = await post(url, { form, text }).catch(() => null);
      if (answer?.ok) saved = text;
      status.textContent = answer?.ok ? status.dataset.saved : status.dataset.failed;
    };
    area.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(save, 1200);
    });
    area.addEventListener('blur', save);
  }
})();
