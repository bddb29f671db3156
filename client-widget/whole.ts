import { createAsker } from './asker.ts';
import { createRest } from './complete.ts';
import { startCore } from './core.ts';
import { cover } from './cover.ts';
import { createGuard } from './guard.ts';
import type { Core, Handover, Rest } from './parts.ts';
import { createRelease } from './release.ts';
import type { WidgetConfig } from './types.ts';

declare const CONFIG: WidgetConfig;

/** For `back-guarded`: what its core leaves out. */
export function complete(core: Core): Rest {
  core.asker ??= createAsker(CONFIG, core);
  return createRest(CONFIG, core, core.asker);
}

/** For `back`: the whole widget takes its place. */
export function takeOver(before: Handover): void {
  if (before.isOver) return;
  before.isOver = true;
  const { floating } = before;
  const hadFocus = floating !== undefined && document.activeElement === floating;
  floating?.remove();
  startCore(CONFIG, {
    before,
    cover,
    createGuard: (...given) => createGuard(CONFIG, ...given),
    createAsker: (core) => createAsker(CONFIG, core),
    createRelease: (core) => createRelease(CONFIG, core),
    rest: complete,
  });
  if (hadFocus)
    document.querySelector('habeas-choices')?.shadowRoot?.querySelector('button')?.focus();
}
