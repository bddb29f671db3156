// Runs in every page before its own scripts, the same for every entry: notes when the banner is seen and can be used.
function probe(entry) {
  if (window.top !== window || window.__probe) return;

  /** The first element of "a >>> b || c": `>>>` enters an open shadow root, `||` is an alternative. */
  function find(selector) {
    for (const alternative of (selector ?? '').split('||')) {
      let scope = document;
      let found = null;
      const steps = alternative.split('>>>').map((step) => step.trim());
      for (const [at, step] of steps.entries()) {
        const all = step === '' ? [] : [...scope.querySelectorAll(step)];
        const isLast = at === steps.length - 1;
        found = (isLast ? all.find((one) => isVisible(one)) : all[0]) ?? all[0] ?? null;
        if (!found) break;
        if (!isLast) scope = found.shadowRoot ?? found;
      }
      if (found) return found;
    }
    return null;
  }

  const parentOf = (element) => element.parentElement ?? element.getRootNode().host ?? null;

  function opacityOf(element) {
    let opacity = 1;
    for (let each = element; each; each = parentOf(each))
      opacity *= Number(getComputedStyle(each).opacity);
    return opacity;
  }

  function isVisible(element, least = 0.02) {
    if (!element?.isConnected) return false;
    const { width, height, top, right, bottom, left } = element.getBoundingClientRect();
    if (width < 2 || height < 2) return false;
    if (bottom <= 0 || right <= 0 || top >= innerHeight || left >= innerWidth) return false;
    const { visibility, display } = getComputedStyle(element);
    return visibility === 'visible' && display !== 'none' && opacityOf(element) >= least;
  }

  function isHit(element) {
    const { left, top, width, height } = element.getBoundingClientRect();
    const at = [left + width / 2, top + height / 2];
    let hit = document.elementFromPoint(...at);
    while (hit?.shadowRoot) {
      const inner = hit.shadowRoot.elementFromPoint(...at);
      if (!inner || inner === hit) break;
      hit = inner;
    }
    return Boolean(hit) && (hit === element || element.contains(hit));
  }

  const seen = (window.__probe = {
    find,
    isVisible,
    opacityOf,
    // The page's own beginning: what the browser does before it, such as making a process, depends on no entry.
    began: performance.now(),
    first: null,
    actionable: null,
    shift: 0,
    violations: [],
    events: [],
    longTasks: [],
    largest: null,
    clickedAt: null,
    hiddenAt: null,
    active() {
      let active = document.activeElement;
      while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
      return active;
    },
    isWithin(element, outer) {
      for (let each = element; each; each = each.parentNode ?? each.host)
        if (each === outer) return true;
      return false;
    },
    /** From now on: notes when a press is lifted, and when the banner is gone after it. */
    watchLeaving() {
      const follow = () => {
        const banner = find(entry.banner);
        if (banner && isVisible(banner)) requestAnimationFrame(follow);
        else {
          seen.hiddenAt = performance.now();
          window.__tell?.('hiddenAt');
        }
      };
      const begin = ({ timeStamp }) => {
        seen.clickedAt = timeStamp;
        requestAnimationFrame(follow);
      };
      addEventListener('pointerup', begin, { capture: true, once: true });
    },
  });

  function observe(type, note, options = {}) {
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({
      type,
      buffered: true,
      ...options,
    });
  }
  observe('layout-shift', ({ hadRecentInput, value }) => {
    if (!hadRecentInput) seen.shift += value;
  });
  observe('longtask', ({ duration }) => seen.longTasks.push(duration));
  observe('largest-contentful-paint', ({ element }) => {
    seen.largest = element ? element.nodeName : 'shadow';
  });
  const isPress = /^(?:click|pointerup|mouseup)$/u;
  observe(
    'event',
    ({ name, duration }) => {
      if (isPress.test(name)) seen.events.push(duration);
    },
    { durationThreshold: 16 },
  );
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
    seen.violations.push(`${effectiveDirective} ${blockedURI}`);
  });

  let place = '';
  function look() {
    const banner = find(entry.banner);
    if (banner && isVisible(banner)) {
      seen.first ??= performance.now();
      const accept = find(entry.accept ?? entry.banner);
      if (accept && isVisible(accept, 0.95)) {
        const { left, top } = accept.getBoundingClientRect();
        const now = `${left} ${top}`;
        if (now === place && isHit(accept)) seen.actionable = performance.now();
        place = now;
      }
    }
    if (seen.actionable === null) requestAnimationFrame(look);
    else window.__tell?.('actionable');
  }
  if (entry.banner) requestAnimationFrame(look);
}
