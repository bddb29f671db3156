import { createAsker } from './asker.ts';
import { startCore } from './core.ts';
import { createGuard } from './guard.ts';
import type { FirstConfig } from './types.ts';

declare const CONFIG: FirstConfig;

// For a visitor who has not chosen yet, or whose choice the server cannot see. It asks, restores and holds back; what
// follows a choice, and whatever else may run, comes with the rest.
startCore(CONFIG, {
  address: CONFIG.address,
  rest: 'rest',
  cover: (core, frame) => {
    core.withRest((rest) => {
      rest.cover(frame);
    });
  },
  createGuard: (...given) => createGuard(CONFIG, ...given),
  createAsker: (core) => createAsker(CONFIG, core),
});
