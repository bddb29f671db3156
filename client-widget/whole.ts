import { createAsker } from './asker.ts';
import { createRest } from './complete.ts';
import type { Core, Rest } from './parts.ts';
import { createGuard } from './guard.ts';
import type { WidgetConfig } from './types.ts';

declare const CONFIG: WidgetConfig;

/** `whole.js`: what `back` and `back-guarded` leave out. */
export function complete(core: Core): Rest {
  core.addGuard((...given) => createGuard(CONFIG, ...given));
  core.asker = createAsker(CONFIG, core);
  return createRest(CONFIG, core, core.asker);
}
