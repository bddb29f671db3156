import { SCRIPT_END } from './address.ts';
import { createCorner } from './corner.ts';
import { createGate, watchPage } from './gate.ts';
import { tellConsentModes } from './modes.ts';
import type { Handover } from './parts.ts';
import type { BackConfig, ConsentState, HabeasApi } from './types.ts';
import type * as Whole from './whole.ts';

declare const CONFIG: BackConfig;
declare const window: { habeas?: HabeasApi };

// For a visitor who allowed everything, as the server saw in the cookie. It puts that into force and no more: for
// anything else, and where the cookie says something else by now, the whole widget takes over.
const script = document.currentScript as HTMLScriptElement;
// A consent from before the page knew the age counts no longer.
const [, visitorId, clientKey = ''] = ('minor' in script.dataset ? null : read()) ?? [];
let suffix = '';

/** The ids of the standing choice. */
function read(): RegExpExecArray | null {
  return RegExp(`\\bprivacy_choice=2.(.{36}).(.{36}).${CONFIG.stands}\\b`).exec(document.cookie);
}

const api = {
  state: () => ({
    services: {},
    gpc: false,
    ...CONFIG.state,
    decided: true,
    minor: false,
    visitorId,
    chosenAt: new Date(parseInt(clientKey.replace('-', ''), 16)).toJSON(),
  }),
  onChange(listener: (state: ConsentState) => void) {
    handover.listeners.add(listener);
    return () => handover.listeners.delete(listener);
  },
} as unknown as HabeasApi & Record<string, (...words: unknown[]) => Promise<unknown>>;
// Once it has taken over, they are the whole widget's own.
for (const act of ['open', 'set', 'withdraw', 'reset', 'identify'])
  api[act] = (...words) => takeOver().then(() => api[act]?.(...words));

const handover: Handover = { script, api, listeners: new Set() };

async function takeOver(): Promise<void> {
  try {
    const url = script.src.replace(SCRIPT_END, `/${CONFIG.modules}/whole.js${suffix}`);
    ((await import(url)) as typeof Whole).takeOver(handover);
  } catch (error) {
    // Some browsers remember that an address could not be had.
    suffix += '?';
    throw error;
  }
}

/** Where it cannot be had, it is tried again when the page is looked at next. */
function tryTakeOver(): void {
  takeOver().catch(() => undefined);
}

/** Another tab may have chosen. */
function look(): void {
  if (!read()) tryTakeOver();
}

if (!window.habeas) {
  if (visitorId) {
    const openGate = createGate(() => true);
    const button = (handover.floating = createCorner(() => api.open()));
    if (CONFIG.consentMode !== false) tellConsentModes(CONFIG.state.choices);
    watchPage(() => {
      if (handover.isOver) return;
      openGate();
      // The script may run before there is a body, and some frameworks replace it.
      if (!button.isConnected) (document.body as HTMLElement | null)?.prepend(button);
    });
    window.habeas = api;
    document.dispatchEvent(new Event('habeas:ready'));
    addEventListener('storage', look);
    addEventListener('visibilitychange', look);
  }
  if (!visitorId || CONFIG.isShared || 'privacy_choice_outbox' in localStorage) tryTakeOver();
}
