import { cover } from './cover.ts';
import { carryAlong, takeCarried } from './carry.ts';
import { post } from './channel.ts';
import { digitsOf, judge, withoutTracking } from './consent.ts';
import { writeCookie } from './cookie.ts';
import { clearNames } from './cookies.ts';
import type { Asker, Core, Rest } from './parts.ts';
import { openRetries } from './retry.ts';
import { NOTICE, writeEntry } from './storage.ts';
import type { IdentificationReply, PromptReport, ServiceChoices, LaterConfig } from './types.ts';

/** Everything beyond the first layer. `release` is given where the core has none yet. */
export function createRest(
  config: LaterConfig,
  core: Core,
  asker: Asker,
  release?: () => void,
): Rest {
  const { categories, services, cookieDomain, group = [] } = config;
  const { address } = core;
  let isCounted = false;
  const flush = openRetries(address, asker);
  if (group.length) carryAlong(group, core);

  /** What was decided apart from its category. */
  function decidedApart(): ServiceChoices {
    const { choices, services: effective } = core.state();
    return Object.fromEntries(
      services
        .filter(({ id, category }) => effective[id] !== choices[category])
        .map(({ id }) => [id, effective[id] === true]),
    );
  }

  /** Returns whether the page starts anew. */
  function clear(before: string): boolean {
    const after = core.verdict.allowed;
    const purposes = [...categories, ...services.map(({ id }) => id)];
    const withdrawn = purposes.filter((_, at) => before[at] === '1' && after[at] !== '1');
    const cleared = clearNames(withdrawn.flatMap((purpose) => config.cookies[purpose] ?? []));
    const isOver =
      withdrawn.length > 0 && document.querySelector('script[data-reload-on-withdraw]') !== null;
    if (isOver)
      void cleared.then(() => {
        location.reload();
      });
    return isOver;
  }

  function tell(): void {
    const detail = core.state();
    document.dispatchEvent(new CustomEvent('habeas:change', { detail }));
    core.listeners.forEach((listener) => {
      listener(detail);
    });
  }

  return {
    cover: (frame) => {
      cover(core, frame);
    },
    follow(before) {
      release?.();
      if (before !== undefined) {
        // A page may well leave when it hears of a withdrawal: what has to be cleared goes first.
        if (clear(before)) return;
        tell();
      }
      void flush();
      if (config.countsPrompts && !isCounted && core.stage.shown?.localName === 'section') {
        isCounted = true;
        const { configurationHash, model, regime, language } = config;
        const report: PromptReport = { configurationHash, model, regime, language };
        navigator.sendBeacon(`${address}/prompts`, JSON.stringify(report));
      }
      const { decided, isSignalNew, allowed } = core.verdict;
      const brought = judge(config, takeCarried(group), core.isSignalled, Date.now());
      if (brought.decided && !decided) asker.choose('carried', brought.allowed, brought.chosenAt);
      else if (isSignalNew) {
        const { gpc } = core.state();
        asker.choose(gpc ? 'gpc' : 'dnt', allowed);
        if (gpc) asker.show(config.texts.gpcHonoured);
      } else if (!decided && !core.stage.shown) asker.ask();
    },
    open: asker.open,
    set(chosen, apart) {
      const { choices } = core.state();
      const wanted = { ...choices, ...chosen, necessary: true as const };
      asker.choose('choose', digitsOf(config, wanted, { ...decidedApart(), ...apart }));
      return Promise.resolve();
    },
    withdraw: () => core.api.withdraw(),
    reset() {
      asker.settle();
      for (const domain of [null, cookieDomain]) writeCookie('privacy_choice=', 0, domain);
      writeEntry(NOTICE, '');
      core.adopt('');
      return Promise.resolve();
    },
    async identify(token) {
      try {
        const visitorId = asker.visitorId();
        const answer = await post(`${address}/identify`, { token, visitorId });
        if (!answer.ok) return false;
        const { choice } = (await answer.json()) as IdentificationReply;
        const madeAt = choice ? Date.parse(choice.chosenAt) : NaN;
        if (choice && !core.state().minor && !(madeAt <= core.verdict.chosenAt)) {
          const allowed = digitsOf(config, choice.choices, choice.services);
          // The other device may not have sent the signal that this one sends.
          const kept = core.isSignalled ? withoutTracking(config, allowed) : allowed;
          asker.choose('linked', kept, madeAt);
        }
        return true;
      } catch {
        return false;
      }
    },
  };
}
