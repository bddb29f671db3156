import { carryAlong, takeCarried } from './carry.ts';
import { post } from './channel.ts';
import { digitsOf, judge, withoutTracking } from './consent.ts';
import { writeCookie } from './cookie.ts';
import { clearNames } from './cookies.ts';
import type { Asker, Core, Rest } from './parts.ts';
import type * as Dialog from './dialog.ts';
import { openRetries } from './retry.ts';
import { NOTICE, writeEntry } from './storage.ts';
import type { IdentificationReply, ServiceChoices, WidgetConfig } from './types.ts';

/** Everything beyond the first layer. */
export function createRest(config: WidgetConfig, core: Core, asker: Asker): Rest {
  const { categories, services, cookieDomain } = config;
  const { address, stage } = core;
  const flush = openRetries(address);
  if (config.group.length) carryAlong(config.group, core);

  /** What was decided apart from its category. */
  function decidedApart(): ServiceChoices {
    const { choices, services: effective } = core.state();
    return Object.fromEntries(
      services
        .filter(({ id, category }) => effective[id] !== choices[category])
        .map(({ id }) => [id, effective[id] === true]),
    );
  }

  return {
    attend() {
      void flush();
      const { decided, isSignalNew, allowed } = core.verdict();
      const carried = takeCarried(config.group);
      const brought = judge(config, carried, core.isSignalled, Date.now());
      if (brought.decided && !decided) asker.choose('carried', brought.allowed, brought.chosenAt);
      else if (isSignalNew) {
        const { gpc } = core.state();
        asker.choose(gpc ? 'gpc' : 'dnt', allowed);
        if (gpc) asker.show('gpc');
      } else if (!decided) asker.ask();
    },
    clear(before) {
      const after = core.verdict().allowed;
      const purposes = [...categories, ...services.map(({ id }) => id)];
      const withdrawn = purposes.filter((_, at) => before[at] === '1' && after[at] !== '1');
      clearNames(withdrawn.flatMap((purpose) => config.cookies[purpose] ?? []));
      if (withdrawn.length && document.querySelector('script[data-reload-on-withdraw]'))
        location.reload();
    },
    async open() {
      const { clientKey } = core.verdict();
      try {
        const module = (await import(core.moduleUrl('dialog'))) as typeof Dialog;
        // Meanwhile the visitor may have answered the first layer.
        if (clientKey !== core.verdict().clientKey) return;
        asker.dress();
        module.openDialog(config, stage, core.state(), {
          accept: asker.accept,
          refuse: asker.refuse,
          save(choices, apart) {
            asker.choose('choose', digitsOf(config, { necessary: true, ...choices }, apart));
            stage.say(config.texts.saved);
          },
        });
      } catch (error) {
        // The first layer answers in its place.
        if (!stage.box.querySelector('section')) asker.show('choice');
        throw error;
      }
    },
    set(chosen, apart) {
      const { choices } = core.state();
      const wanted = { ...choices, ...chosen, necessary: true as const };
      asker.choose('choose', digitsOf(config, wanted, { ...decidedApart(), ...apart }));
      return Promise.resolve();
    },
    withdraw: asker.withdraw,
    reset() {
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
        if (choice && !core.state().minor && !(madeAt <= core.verdict().chosenAt)) {
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
