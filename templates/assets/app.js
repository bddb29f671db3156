// Comforts only: every page works without this file.
(() => {
  'use strict';

  const all = (selector) => [...document.querySelectorAll(selector)];

  // Storage throws where the browser forbids it.
  const remember = (act) => {
    try {
      return act(sessionStorage);
    } catch {
      return null;
    }
  };

  // A button is only marked: a disabled one would not send its name and value.
  const release = (form) => {
    form.removeAttribute('data-sent');
    for (const button of form.querySelectorAll('button[aria-disabled]')) {
      button.removeAttribute('aria-disabled');
    }
  };
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.hasAttribute('data-sent')) {
      event.preventDefault();
      return;
    }
    form.setAttribute('data-sent', '');
    event.submitter?.setAttribute('aria-disabled', 'true');
    // The answer may be a download, which leaves this page where it is.
    setTimeout(release, 8000, form);
  });
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) all('form[data-sent]').forEach(release);
  });

  // Drafts stay in this tab, and go once a page without errors has answered the form.
  const isRefused = document.querySelector('.error-summary, body.plain') !== null;
  remember((storage) => {
    if (isRefused) return;
    for (const key of Object.keys(storage)) {
      if (!key.startsWith('sent:')) continue;
      storage.removeItem(key.slice('sent:'.length));
      storage.removeItem(key);
    }
  });
  for (const area of all('textarea[data-draft]')) {
    const key = `draft:${location.pathname}:${area.name}`;
    if (area.value === '') area.value = remember((storage) => storage.getItem(key)) ?? '';
    area.addEventListener('input', () => {
      remember((storage) => {
        if (area.value === '') storage.removeItem(key);
        else storage.setItem(key, area.value);
      });
    });
    area.form?.addEventListener('submit', () => {
      remember((storage) => storage.setItem(`sent:${key}`, ''));
    });
  }

  // The clipboard exists on secure origins only; elsewhere the button stays hidden.
  for (const button of navigator.clipboard ? all('[data-copy]') : []) {
    const words = button.querySelector('span');
    const label = words.textContent;
    button.hidden = false;
    button.addEventListener('click', async () => {
      const field = document.getElementById(button.dataset.copy);
      field.select();
      await navigator.clipboard.writeText(field.value);
      words.textContent = button.dataset.copied;
      setTimeout(() => (words.textContent = label), 2000);
    });
  }

  // What is typed is shown as its reader will see it; only the newest answer counts.
  for (const form of all('form[data-preview]')) {
    let timer;
    let asking = new AbortController();
    const show = async () => {
      asking.abort();
      asking = new AbortController();
      const body = new URLSearchParams(new FormData(form));
      const { signal } = asking;
      const reply = await fetch(form.dataset.preview, { method: 'POST', body, signal });
      const page = new DOMParser().parseFromString(await reply.text(), 'text/html');
      const fresh = page.getElementById('preview');
      if (fresh) document.getElementById('preview').replaceChildren(...fresh.childNodes);
    };
    form.addEventListener('input', () => {
      clearTimeout(timer);
      // Whoever is offline, or signed out meanwhile, still has the button.
      timer = setTimeout(() => show().catch(() => {}), 350);
    });
  }

  // Where tabs are wider than the window, the present one is in sight.
  for (const tab of all(':is(.tabs, .pills) [aria-current]')) {
    const tabs = tab.closest('nav');
    const { left, width } = tab.getBoundingClientRect();
    tabs.scrollLeft += left - tabs.getBoundingClientRect().left - (tabs.clientWidth - width) / 2;
  }

  document.querySelector('[data-focus]')?.focus();

  const openMenus = () => all('details[data-menu][open]');
  document.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape') return;
    for (const menu of openMenus()) {
      if (menu.contains(document.activeElement)) menu.querySelector('summary').focus();
      menu.open = false;
    }
  });
  document.addEventListener('click', ({ target }) => {
    for (const menu of openMenus()) if (!menu.contains(target)) menu.open = false;
  });
})();
