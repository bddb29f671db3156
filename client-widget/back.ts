import { createCorner } from './corner.ts';
import { createGate, watchPage } from './gate.ts';
import { tellConsentModes } from './modes.ts';
import type { Handover } from './parts.ts';
import type { BackConfig, ConsentState, HabeasApi } from './types.ts';
import type * as Whole from './whole.ts';

declare const CONFIG: BackConfig;

// For a visitor who allowed everything, as the server saw in the cookie. It puts that into force and no more: for
// anything else, and where the cookie says something else by now, the whole widget takes over.
const { state, stands, version } = CONFIG;
const script = document.currentScript as HTMLScriptElement;
const address = script.src.replace(/\.js(\?.*)?$/, '');
const minor = script.dataset.minor !== undefined;
const listeners = new Set<(state: ConsentState) => void>();
// A consent from before the page knew the age counts no longer.
const ids = minor ? null : read();
let host: HTMLElement | undefined;
let isOver = false;
let suffix = '';

/** The ids of the standing choice. */
function read(): RegExpExecArray | null {
  return RegExp(`\\bprivacy_choice=2\\.(.{36})\\.(.{36})\\.${stands}(;|$)`).exec(document.cookie);
}

const api: HabeasApi = {
  state: () => ({
    ...state,
    minor,
    visitorId: ids?.[1] ?? null,
    chosenAt: new Date(parseInt(ids?.[2]?.replace('-', '') ?? '', 16)).toISOString(),
  }),
  onChange(listener: (state: ConsentState) => void) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
} as unknown as HabeasApi;
// Once it has taken over, they are the whole widget's own.
const acts = api as unknown as Record<string, (...words: unknown[]) => Promise<unknown>>;
for (const act of ['open', 'set', 'withdraw', 'reset', 'identify'])
  acts[act] = (...words) => takeOver().then(() => acts[act]?.(...words));

const before: Handover = {
  address,
  api,
  listeners,
  minor,
  leave() {
    const hadFocus = document.activeElement === host;
    isOver = true;
    host?.remove();
    return hadFocus;
  },
};

async function takeOver(): Promise<void> {
  const { language, regime } = state;
  try {
    const url = `${address}/${version}/${language}/${regime}/whole.js${suffix}`;
    ((await import(url)) as typeof Whole).takeOver(before);
  } catch (error) {
    // Some browsers remember that an address could not be had.
    suffix += '?';
    throw error;
  }
}

/** Another tab may have chosen. */
function look(): void {
  if (!read()) void takeOver();
}

const page = window as { habeas?: HabeasApi };
if (!page.habeas) {
  if (ids) {
    const openGate = createGate(() => true);
    const button = (host = createCorner(CONFIG, () => api.open()));
    if (CONFIG.consentMode) tellConsentModes('default', state.choices);
    watchPage(() => {
      const { body } = document as { body: HTMLElement | null };
      if (isOver) return;
      openGate();
      // The script may run before there is a body, and some frameworks replace it.
      if (body && button.parentNode !== body) body.prepend(button);
    });
    page.habeas = api;
    document.dispatchEvent(new Event('habeas:ready'));
    addEventListener('storage', look);
    document.addEventListener('visibilitychange', look);
  }
  if (!ids || CONFIG.isShared || localStorage.getItem('privacy_choice_outbox')) void takeOver();
}
