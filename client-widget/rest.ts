import { createRest } from './complete.ts';
import type { Asker, Core, Rest } from './parts.ts';
import type { WidgetConfig } from './types.ts';

declare const CONFIG: WidgetConfig;

/** `rest.js`: what `first` leaves out. */
export function complete(core: Core & { asker: Asker }): Rest {
  return createRest(CONFIG, core, core.asker);
}
