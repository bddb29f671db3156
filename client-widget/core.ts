import { judge } from './consent.ts';
import { readCookies } from './cookie.ts';
import type * as Embeds from './embeds.ts';
import { createGate, type IsAllowed } from './gate.ts';
import { tellConsentModes } from './modes.ts';
import type { Asker, Core, CreateGuard, Guard, Handover, Rest } from './parts.ts';
import { sendsDnt, sendsGpc } from './signals.ts';
import { createStage } from './stage.ts';
import { OUTBOX, readEntry } from './storage.ts';
import type { ConsentState, CoreConfig, HabeasApi } from './types.ts';

/** Puts the standing choice into force, asks where there is none, and gives the page its handle. */
export function startCore(
  config: CoreConfig,
  given: {
    /** Used where the script cannot see its own address. */
    address: string;
    /** Name of the module with the rest, or what makes it where it is here. */
    rest: 'rest' | 'whole' | ((core: Core) => Rest);
    /** From `back`, whose work goes on here. */
    before?: Handover;
    createGuard?: CreateGuard;
    createAsker?: (core: Core) => Asker;
  },
): void {
  const page = window as { habeas?: HabeasApi };
  const { rest: origin, before } = given;
  if (page.habeas && !before) return;
  const { categories, services, model, regime, language, consentMode } = config;
  const script = document.currentScript as HTMLScriptElement | null;
  const address = script?.src ? script.src.replace(/\.js(\?.*)?$/, '') : given.address;
  const gpc = sendsGpc() && config.honoursGpc;
  const isSignalled = gpc || (sendsDnt() && config.honoursDnt);
  const minor = before?.minor ?? script?.dataset.minor !== undefined;
  const listeners = before?.listeners ?? new Set<(state: ConsentState) => void>();
  const judged = (found: string) => judge(config, found, isSignalled, Date.now(), minor);
  let cookie = readCookies();
  let verdict = judged(cookie);
  /** What the cookie said when it was last looked at. */
  let seenKey = verdict.clientKey;
  let guard: Guard | undefined;
  let coming: Promise<Rest> | undefined;
  /** Changes with each failure, as some browsers remember which modules could not be had. */
  let suffix = '';

  const purposes: (string | undefined)[] = [
    'necessary',
    ...categories,
    ...services.map(({ id }) => id),
  ];
  const isAllowed: IsAllowed = (purpose) => {
    const at = purposes.indexOf(purpose);
    return at < 0 ? undefined : `1${verdict.allowed}`[at] === '1';
  };

  function state(): ConsentState {
    const { decided, clientKey, chosenAt, visitorId } = verdict;
    return {
      choices: {
        necessary: true,
        preferences: isAllowed('preferences') === true,
        analytics: isAllowed('analytics') === true,
        marketing: isAllowed('marketing') === true,
      },
      services: Object.fromEntries(services.map(({ id }) => [id, isAllowed(id) === true])),
      decided,
      chosenAt: decided && clientKey ? new Date(chosenAt).toISOString() : null,
      visitorId,
      model,
      regime,
      language,
      gpc,
      minor,
    };
  }

  const api: HabeasApi = Object.assign(before?.api ?? {}, {
    state,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    open: () => later((rest) => rest.open()),
    set: (...wanted) => later((rest) => rest.set(...wanted)),
    // What was delivered suffices, so that a server that is away hinders nobody.
    withdraw: () => core.asker?.withdraw() ?? later((rest) => rest.withdraw()),
    reset: () => later((rest) => rest.reset()),
    identify: (token) => later((rest) => rest.identify(token)),
  } satisfies HabeasApi);

  const core: Core = {
    address,
    moduleUrl: (name) => `${address}/${config.version}/${language}/${regime}/${name}.js`,
    api,
    state,
    onChange: api.onChange,
    stage: createStage(config, () => api.open()),
    isSignalled,
    verdict: () => verdict,
    cookie: () => cookie,
    addGuard(create) {
      guard ??= create(isAllowed, (frame) => {
        import(core.moduleUrl('embeds')).then(
          ({ coverFrame }: typeof Embeds) => {
            coverFrame(frame, (service) => void api.set({}, { [service]: true }));
          },
          // Without the question the frame stays empty.
          () => undefined,
        );
      });
    },
    adopt(found) {
      const { allowed } = verdict;
      cookie = found;
      verdict = judged(cookie);
      render();
      // After the click has been answered: what was waiting may be heavy.
      setTimeout(() => {
        seenKey = judged(readCookies()).clientKey;
        if (consentMode) tellConsentModes('update', state().choices);
        guard?.update();
        gate.update();
        // A page may well leave when it hears of a withdrawal: what has to be cleared goes first.
        if (allowed.includes('1'))
          core.withRest((rest) => {
            rest.clear(allowed);
            tell();
          }, tell);
        else tell();
      });
    },
    withRest(use, fail) {
      coming ??=
        typeof origin === 'string'
          ? import(core.moduleUrl(origin) + suffix).then(
              (module: { complete: (core: Core) => Rest }) => module.complete(core),
            )
          : Promise.resolve(origin(core));
      coming.then(use, (reason: unknown) => {
        coming = undefined;
        suffix += '?';
        fail?.(reason);
      });
    },
  };

  function later<T>(act: (rest: Rest) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      core.withRest((rest) => {
        resolve(act(rest));
      }, reject);
    });
  }

  function tell(): void {
    const detail = state();
    document.dispatchEvent(new CustomEvent('habeas:change', { detail }));
    listeners.forEach((listener) => {
      listener(detail);
    });
  }

  function render(): void {
    const { decided, allowed, isSignalNew } = verdict;
    if (decided) core.stage.show(null);
    else if (!isSignalNew) core.asker?.ask();
    if (
      isSignalNew ||
      !(decided || core.asker) ||
      // What was refused needs the guard.
      !(guard || !allowed.includes('0')) ||
      config.group.length
    )
      attend();
  }

  function attend(): void {
    core.withRest((rest) => {
      rest.attend();
    });
  }

  /** Another tab may have chosen. */
  function catchUp(): void {
    const cookies = readCookies();
    const { clientKey } = judged(cookies);
    if (clientKey === seenKey) return;
    seenKey = clientKey;
    if (clientKey !== verdict.clientKey) core.adopt(cookies);
  }

  if (consentMode) {
    tellConsentModes(before ? 'update' : 'default', state().choices);
  }
  const gate = createGate(isAllowed);
  if (given.createGuard) core.addGuard(given.createGuard);
  if (verdict.allowed.includes('1')) gate.update();
  if (given.createAsker) core.asker = given.createAsker(core);
  render();
  if (readEntry(OUTBOX)) attend();
  addEventListener('storage', catchUp);
  document.addEventListener('visibilitychange', catchUp);
  page.habeas = api;
  if (!before) document.dispatchEvent(new Event('habeas:ready'));
}
