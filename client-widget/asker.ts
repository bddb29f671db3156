import styles from './banner.css';
import { renderBanner } from './banner.ts';
import { answerAll, newId, refusalAction, writeLine } from './consent.ts';
import { writeCookie } from './cookie.ts';
import type * as Dialog from './dialog.ts';
import type { Asker, Core, WaitingRecord } from './parts.ts';
import { sendsDnt, sendsGpc } from './signals.ts';
import { NOTICE, readEntry, readOutbox, writeEntry, writeOutbox } from './storage.ts';
import type { FirstConfig } from './types.ts';

export function createAsker(config: FirstConfig, core: Core): Asker {
  const { configurationHash, purposesHash, model, texts } = config;
  const { stage } = core;
  let newVisitorId: string | undefined;
  let isDressed = false;
  /** Makes the choice of a press that waits for its paint. */
  let finish: (() => void) | undefined;

  function dress(): void {
    if (!isDressed) stage.dress(styles + (config.look.paint ?? ''));
    isDressed = true;
  }

  const asker: Asker = {
    readOutbox,
    writeOutbox,
    ask() {
      if (model === 'opt-in' || readEntry(NOTICE) !== purposesHash) asker.show();
    },
    show(notice) {
      dress();
      const { accept, refuse } = asker;
      const choose = () => {
        stage.open();
      };
      stage.show(renderBanner(config, notice, { accept, refuse, choose, dismiss }));
      // Which counts it.
      if (config.countsPrompts) core.follow();
    },
    async open() {
      const { clientKey } = core.verdict;
      try {
        const { openDialog } = (await import(core.moduleUrl('dialog'))) as typeof Dialog;
        // Meanwhile the visitor may have answered the first layer.
        if (clientKey !== core.verdict.clientKey) return;
        dress();
        openDialog(config, core, asker);
      } catch (error) {
        // The first layer answers in its place.
        if (!stage.box.querySelector('section')) asker.show();
        throw error;
      }
    },
    visitorId: () => core.verdict.visitorId ?? (newVisitorId ??= newId(Date.now())),
    settle() {
      finish?.();
    },
    choose(action, allowed, madeAt = Date.now()) {
      asker.settle();
      const previousKey = core.verdict.clientKey || null;
      const clientKey = newId(madeAt);
      const visitorId = asker.visitorId();
      const line = writeLine(config, { visitorId, clientKey, allowed }, core.isSignalled);
      core.adopt(line);
      writeCookie(line, config.cookieDays, config.cookieDomain);
      const waiting: WaitingRecord = {
        ...core.state(),
        clientKey,
        visitorId,
        configurationHash,
        action,
        signals: { gpc: sendsGpc(), dnt: sendsDnt() },
        page: location.origin + location.pathname,
        chosenAt: new Date().toJSON(),
        previousKey,
      };
      writeOutbox([...readOutbox(), waiting]);
    },
    answer(action, allowed) {
      // What the visitor sees comes first: the layer goes, and is painted as gone.
      stage.hide();
      finish = () => {
        finish = undefined;
        asker.choose(action, allowed);
        stage.say(texts.saved);
      };
      requestAnimationFrame(() => setTimeout(asker.settle));
      // A page that goes is painted no more: the choice is made before it does.
      addEventListener('visibilitychange', asker.settle);
    },
    accept() {
      asker.answer('accept-all', answerAll(config, 1));
    },
    refuse() {
      asker.answer(refusalAction(core.verdict), answerAll(config, 0));
    },
  };

  function dismiss(): void {
    const { decided } = core.verdict;
    // Under opt-in, going without consent is refusing; elsewhere it only closes the notice.
    if (!decided && model === 'opt-in') asker.refuse();
    else {
      if (!decided) writeEntry(NOTICE, purposesHash);
      stage.hide();
      core.follow();
    }
  }

  core.api.open = asker.open;
  // What was delivered suffices, so that a server that is away hinders nobody.
  core.api.withdraw = () => {
    asker.choose('withdraw', answerAll(config, 0));
    return Promise.resolve();
  };
  return asker;
}
