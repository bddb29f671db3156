import styles from './banner.css';
import { renderBanner } from './banner.ts';
import { deliver } from './channel.ts';
import { answerAll, newId, refusalAction, writeLine } from './consent.ts';
import { writeCookie } from './cookie.ts';
import type { Asker, Core } from './parts.ts';
import { readSignals } from './signals.ts';
import { NOTICE, readEntry, readOutbox, writeEntry, writeOutbox } from './storage.ts';
import type { ChoiceRecord, PromptReport, WidgetConfig } from './types.ts';

/** Before a record that did not arrive is sent again. */
const PAUSE = 2_000;

export function createAsker(config: WidgetConfig, { stage, address, ...core }: Core): Asker {
  const { configurationHash, purposesHash, model, regime, language } = config;
  let newVisitorId: string | undefined;
  let isDressed = false;
  let isCounted = !config.countsPrompts;

  const asker: Asker = {
    ask() {
      if (model !== 'opt-in' && readEntry(NOTICE) === purposesHash) stage.show(null);
      else asker.show('choice');
    },
    dress() {
      if (!isDressed) stage.dress(styles + config.look.paint);
      isDressed = true;
    },
    show(kind) {
      asker.dress();
      const { accept, refuse } = asker;
      const choose = () => {
        // Fetched beside the rest, which opens it.
        import(core.moduleUrl('dialog')).catch(() => undefined);
        stage.open();
      };
      stage.show(renderBanner(config, kind, { accept, refuse, choose, dismiss }));
      if (isCounted) return;
      isCounted = true;
      const report: PromptReport = { configurationHash, model, regime, language };
      navigator.sendBeacon(`${address}/prompts`, JSON.stringify(report));
    },
    visitorId: () => core.verdict().visitorId ?? (newVisitorId ??= newId(Date.now())),
    choose(action, allowed, madeAt = Date.now()) {
      const previousKey = core.verdict().clientKey || null;
      const clientKey = newId(madeAt);
      const visitorId = asker.visitorId();
      const line = writeLine(config, { visitorId, clientKey, allowed }, core.isSignalled);
      // What the visitor sees comes first.
      core.adopt(line);
      writeCookie(line, config.cookieDays, config.cookieDomain);
      const { choices, services } = core.state();
      const record: ChoiceRecord = {
        clientKey,
        visitorId,
        configurationHash,
        action,
        choices,
        services,
        model,
        regime,
        language,
        signals: readSignals(),
        page: location.origin + location.pathname,
        chosenAt: new Date().toISOString(),
        previousKey,
      };
      const waiting = readOutbox();
      writeOutbox([...waiting, record]);
      setTimeout(() => {
        // Those before it go first.
        if (waiting.length) retry();
        else deliver(address, record).catch(() => setTimeout(retry, PAUSE));
      });
    },
    accept() {
      asker.choose('accept-all', answerAll(config, 1));
      stage.say(config.texts.saved);
    },
    refuse() {
      asker.choose(refusalAction(core.verdict()), answerAll(config, 0));
      stage.say(config.texts.saved);
    },
    withdraw() {
      asker.choose('withdraw', answerAll(config, 0));
      return Promise.resolve();
    },
  };

  /** The rest knows when to try again, once it can be had. */
  function retry(): void {
    core.withRest(
      (rest) => {
        rest.attend();
      },
      () => {
        addEventListener('online', retry, { once: true });
      },
    );
  }

  function dismiss(): void {
    const { decided } = core.verdict();
    // Under opt-in, going without consent is refusing; elsewhere it only closes the notice.
    if (!decided && model === 'opt-in') asker.refuse();
    else {
      if (!decided) writeEntry(NOTICE, purposesHash);
      stage.show(null);
    }
  }

  return asker;
}
