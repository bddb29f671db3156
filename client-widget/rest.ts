import { createRest } from './complete.ts';
import type { Asker, Core, Rest } from './parts.ts';
import { createRelease } from './release.ts';
import type { FirstConfig, RestConfig } from './types.ts';

declare const CONFIG: RestConfig;

/** `rest.js`: what `first` leaves out. */
export function complete(core: Core & { config: FirstConfig; asker: Asker }): Rest {
  const config = { ...core.config, ...CONFIG };
  return createRest(config, core, core.asker, createRelease(config, core));
}
