import { SCRIPT_END } from './address.ts';
import { judge } from './consent.ts';
import { readChoice } from './cookie.ts';
import type { IsAllowed } from './gate.ts';
import { tellConsentModes } from './modes.ts';
import type { Asker, Core, CreateGuard, Handover, Rest } from './parts.ts';
import { sendsDnt, sendsGpc } from './signals.ts';
import { createStage, whenIdle } from './stage.ts';
import { OUTBOX, readEntry } from './storage.ts';
import type { Choices, ConsentState, CoreConfig, HabeasApi } from './types.ts';

const IDS = ['necessary', 'preferences', 'analytics', 'marketing'];

/** Puts the standing choice into force, asks where there is none, and gives the page its handle. */
export function startCore(
  config: CoreConfig,
  given: {
    /** Used where the script cannot see its own address. */
    address?: string | undefined;
    /** The tag, and what `readChoice` said, where they are known. */
    script?: HTMLScriptElement | null;
    seen?: string;
    /** Name of the module with the rest, or what makes it where it is here. */
    rest: 'rest' | 'whole' | ((core: Core) => Rest);
    /** From `back`, whose work goes on here. */
    before?: Handover;
    createGuard: CreateGuard;
    /** Asks in the place of a held frame. */
    cover: (core: Core, frame: HTMLIFrameElement) => void;
    createAsker?: (core: Core) => Asker;
    /** Comes with the rest where nothing may run yet. */
    createRelease?: (core: Core) => () => void;
  },
): void {
  const page = window as { habeas?: HabeasApi };
  const {
    rest: origin,
    before,
    script = before?.script ?? (document.currentScript as HTMLScriptElement | null),
  } = given;
  if (page.habeas && !before) return;
  const { categories, services, model, regime, language, consentMode } = config;
  const gpc = sendsGpc() && Boolean(config.honoursGpc);
  const isSignalled = gpc || (sendsDnt() && Boolean(config.honoursDnt));
  const minor = script?.dataset.minor !== undefined;
  const listeners = before?.listeners ?? new Set<(state: ConsentState) => void>();
  const judged = (found: string) => judge(config, found, isSignalled, Date.now(), minor);
  // What the cookie said when it was last looked at.
  let { seen = readChoice(config.purposesHash) } = given;
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
    return at < 0 ? undefined : `1${core.verdict.allowed}`[at] === '1';
  };
  const answersFor = (ids: string[]) =>
    Object.fromEntries(ids.map((id) => [id, isAllowed(id) === true]));

  function state(): ConsentState {
    core.asker?.settle();
    const { decided, clientKey, chosenAt, visitorId } = core.verdict;
    return {
      choices: answersFor(IDS) as unknown as Choices,
      services: answersFor(services.map(({ id }) => id)),
      decided,
      chosenAt: decided && clientKey ? new Date(chosenAt).toJSON() : null,
      visitorId,
      model,
      regime,
      language,
      gpc,
      minor,
    };
  }

  const api = Object.assign(before?.api ?? {}, {
    state,
    onChange(listener: (state: ConsentState) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  }) as unknown as HabeasApi;
  for (const act of ['open', 'set', 'withdraw', 'reset', 'identify'] as const)
    api[act] = async (...words: unknown[]) =>
      ((await core.fetchRest())[act] as (...words: unknown[]) => Promise<never>)(...words);

  const core: Core = {
    config,
    // Worked out when it is needed: most pages never ask the server.
    get address() {
      return script?.src ? script.src.replace(SCRIPT_END, '') : (given.address ?? '');
    },
    moduleUrl: (name) => `${core.address}/${config.version}/${language}/${regime}/${name}.js`,
    api,
    state,
    listeners,
    isAllowed,
    stage: createStage(config, () => api.open()),
    isSignalled,
    verdict: judged(seen),
    cookie: seen,
    adopt(found) {
      const { allowed } = core.verdict;
      core.cookie = found;
      core.verdict = judged(found);
      if (core.verdict.decided) core.stage.hide();
      else core.asker?.ask();
      // After the click has been answered: what was waiting may be heavy.
      setTimeout(() => {
        seen = readChoice(config.purposesHash);
        if (consentMode) tellConsentModes(state().choices, 'update');
        guard.update();
        release?.();
        core.follow(allowed);
      });
    },
    fetchRest() {
      coming ??=
        typeof origin === 'string'
          ? import(core.moduleUrl(origin) + suffix).then(
              (module: { complete: (core: Core) => Rest }) => module.complete(core),
            )
          : Promise.resolve(origin(core));
      return coming.catch((reason: unknown) => {
        coming = undefined;
        suffix += '?';
        throw reason;
      });
    },
    follow(allowed) {
      core.fetchRest().then(
        (rest) => {
          rest.follow(allowed);
        },
        () => {
          // Nothing tells when a server is back, and the network may be back already.
          setTimeout(core.follow, 2_000 * suffix.length, allowed);
        },
      );
    },
  };

  /** Another tab may have chosen. */
  function catchUp(): void {
    core.asker?.settle();
    const found = readChoice(config.purposesHash);
    if (found === seen) return;
    seen = found;
    if (found !== core.cookie) core.adopt(found);
  }

  if (consentMode) tellConsentModes(state().choices, before && 'update');
  core.asker = given.createAsker?.(core);
  const { decided, isSignalNew, allowed } = core.verdict;
  if (!decided && !isSignalNew) core.asker?.ask();
  // Nothing else runs before it; what is drawn here need not pass it.
  const guard = given.createGuard(isAllowed, (frame) => {
    given.cover(core, frame);
  });
  const release = given.createRelease?.(core);
  release?.();
  if (
    isSignalNew ||
    // What is left to do where the rest has it.
    (!release && (decided || allowed.includes('1'))) ||
    !(decided || core.asker) ||
    config.group?.length
  )
    core.follow();
  // The browser has to fetch its storage first.
  whenIdle(() => {
    // Only who chose has something waiting.
    if (core.verdict.clientKey && readEntry(OUTBOX)) core.follow();
    addEventListener('storage', catchUp);
    // To listen to this is announced to the browser's other processes, so not before the first frame.
    addEventListener('visibilitychange', catchUp);
    catchUp();
  });
  page.habeas = api;
  if (!before) document.dispatchEvent(new Event('habeas:ready'));
}
