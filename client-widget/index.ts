import { choicesOf, grantsAny, judge, refusalAction, withdrawnBetween } from './consent.ts';
import { clearWithdrawn } from './cookies.ts';
import { createGate } from './gate.ts';
import { openChannel } from './server.ts';
import { sendsGpc } from './signals.ts';
import {
  closeNotice,
  forgetChoice,
  isNoticeClosed,
  readChoice,
  WATCHED,
  writeChoice,
} from './storage.ts';
import { createSurface } from './surface.ts';
import type { ChoiceAction, Choices, ConsentState, HabeasApi, WidgetConfig } from './types.ts';

declare const __HABEAS_CONFIG__: WidgetConfig;

/** Puts the standing choice into force, asks where there is none, and returns the page's handle. */
function start(config: WidgetConfig): HabeasApi {
  const gpc = sendsGpc();
  const listeners = new Set<(state: ConsentState) => void>();
  const gate = createGate();
  const send = openChannel(config);
  let stored = readChoice();
  let verdict = judge(config, stored, gpc, Date.now());

  function state(): ConsentState {
    const { model, regime, region, language } = config;
    return {
      choices: verdict.choices,
      services: {},
      decided: verdict.decided,
      chosenAt: verdict.decided && stored ? new Date(stored.chosenAt).toISOString() : null,
      visitorId: stored?.visitorId ?? null,
      model,
      regime,
      region,
      language,
      gpc: gpc && config.honoursGpc,
    };
  }

  function choose(action: ChoiceAction, choices: Choices): void {
    const previous = stored;
    const now = Date.now();
    const { configurationHash, model, regime, language } = config;
    stored = {
      visitorId: previous?.visitorId ?? newId(),
      clientKey: newId(),
      chosenAt: now,
      choices,
      services: {},
      model,
      gpc: gpc && config.honoursGpc,
      purposesHash: config.purposesHash,
    };
    writeChoice(stored, config.cookieDays);
    send({
      clientKey: stored.clientKey,
      visitorId: stored.visitorId,
      configurationHash,
      action,
      choices,
      services: {},
      model,
      regime,
      language,
      signals: { gpc, dnt: navigator.doNotTrack === '1', tcf: null, gpp: null },
      page: location.origin + location.pathname,
      chosenAt: new Date(now).toISOString(),
      previousKey: previous?.clientKey ?? null,
    });
    follow();
  }

  function refuse(): void {
    choose(refusalAction(verdict.decided, verdict.choices), choicesOf(false));
  }

  /** Brings the page in line with what is stored now. */
  function follow(): void {
    const before = verdict.choices;
    verdict = judge(config, stored, gpc, Date.now());
    render();
    // After the click has been answered: what was waiting may be heavy.
    setTimeout(() => {
      gate.open(verdict.choices);
      clearWithdrawn(config.cookies, withdrawnBetween(before, verdict.choices));
      const detail = state();
      document.dispatchEvent(new CustomEvent('habeas:change', { detail }));
      listeners.forEach((listener) => {
        listener(detail);
      });
    });
  }

  function render(): void {
    const isQuiet =
      verdict.decided || (config.model !== 'opt-in' && isNoticeClosed(config.purposesHash));
    surface.show(isQuiet ? null : 'choice');
  }

  /** Another tab may have chosen. */
  function catchUp(): void {
    const fresh = readChoice();
    if (fresh?.clientKey === stored?.clientKey) return;
    stored = fresh;
    follow();
  }

  const surface = createSurface(config, {
    state,
    accept() {
      choose('accept-all', choicesOf(true));
    },
    refuse,
    save(choices) {
      choose('choose', { necessary: true, ...choices });
    },
    dismiss() {
      // Under opt-in, going without consent is refusing; elsewhere it only closes the notice.
      if (!verdict.decided && config.model === 'opt-in') refuse();
      else {
        if (!verdict.decided) closeNotice(config.purposesHash);
        surface.show(null);
      }
    },
  });

  if (verdict.honourGpc) {
    choose('gpc', verdict.choices);
    surface.show('gpc');
  } else {
    if (grantsAny(verdict.choices)) gate.open(verdict.choices);
    render();
  }
  addEventListener('storage', ({ key }) => {
    if (key === null || key.startsWith(WATCHED)) catchUp();
  });
  document.addEventListener('visibilitychange', catchUp);

  return {
    state,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    open: surface.openPreferences,
    set({ preferences, analytics, marketing }) {
      const now = verdict.choices;
      choose('choose', {
        necessary: true,
        preferences: preferences ?? now.preferences,
        analytics: analytics ?? now.analytics,
        marketing: marketing ?? now.marketing,
      });
    },
    withdraw() {
      choose('withdraw', choicesOf(false));
    },
    identify: () => Promise.resolve(false),
    reset() {
      forgetChoice();
      stored = null;
      follow();
    },
  };
}

/** A random UUID; `crypto.randomUUID` is missing on plain http. */
function newId(): string {
  return '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (digit) =>
    (
      Number(digit) ^
      ((crypto.getRandomValues(new Uint8Array(1))[0] ?? 0) & (15 >> (Number(digit) / 4)))
    ).toString(16),
  );
}

const page = window as { habeas?: HabeasApi };
if (!page.habeas) {
  page.habeas = start(__HABEAS_CONFIG__);
  document.dispatchEvent(new Event('habeas:ready'));
}
