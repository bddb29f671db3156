// The panel: shows what the visitor allowed, what ran, and every request to a tracker since the page was opened.
(() => {
  const one = (selector) => document.querySelector(selector);
  const log = one('#log');
  const ran = new Set();

  function addToLog(text) {
    one('#log-empty').hidden = true;
    const item = document.createElement('li');
    const time = document.createElement('time');
    const path = document.createElement('span');
    time.textContent = new Date().toLocaleTimeString([], { hour12: false });
    path.textContent = text;
    item.append(time, path);
    log.prepend(item);
    while (log.children.length > 5) log.lastChild.remove();
    one('#log-count').textContent = String(Number(one('#log-count').textContent) + 1);
  }

  function show(state) {
    const verdict = state.decided
      ? `Chosen ${new Date(state.chosenAt).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' })}`
      : 'No choice yet: no cookie, no identifier';
    one('#verdict').textContent = verdict;
    one('#visitor').textContent = state.visitorId ?? 'none';
    one('#law').textContent =
      `${state.regime.toUpperCase()}, ${state.model}${state.gpc ? ', GPC honoured' : ''}`;
    for (const row of document.querySelectorAll('[data-category]')) {
      const isAllowed = state.choices[row.dataset.category];
      row.classList.toggle('allowed', isAllowed);
      row.querySelector('.status').textContent = isAllowed ? 'Allowed' : 'Held back';
    }
    one('#branch-note')?.toggleAttribute('hidden', state.choices.preferences);
  }

  document.addEventListener('demo:tracker', ({ detail }) => {
    ran.add(detail.category);
    one(`[data-category="${detail.category}"] .activity`).textContent = detail.text;
  });

  new PerformanceObserver((list) => {
    for (const { name } of list.getEntries()) {
      const { origin, pathname, search } = new URL(name);
      if (origin === location.origin && pathname.includes('/trackers/')) {
        addToLog(pathname.slice(pathname.indexOf('/trackers/') + 10) + search);
      }
    }
  }).observe({ type: 'resource', buffered: true });

  document.addEventListener('habeas:change', ({ detail }) => {
    show(detail);
    // Code that already ran cannot be called back: a fresh page is the honest way to end it.
    if ([...ran].some((category) => !detail.choices[category])) location.reload();
  });

  function connect() {
    show(window.habeas.state());
    for (const button of document.querySelectorAll('[data-act]')) {
      button.disabled = false;
      button.addEventListener('click', () => window.habeas[button.dataset.act]());
    }
  }
  if (window.habeas) connect();
  else document.addEventListener('habeas:ready', connect);

  const basket = one('#basket');
  for (const button of document.querySelectorAll('.add')) {
    button.addEventListener('click', () => {
      basket.textContent = String(Number(basket.textContent) + 1);
      button.textContent = 'Added';
    });
  }
})();
