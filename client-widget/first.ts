import { createAsker } from './asker.ts';
import { startCore } from './core.ts';
import { createGuard } from './guard.ts';
import type { WidgetConfig } from './types.ts';

declare const CONFIG: WidgetConfig;

// For a visitor who has not chosen yet, or whose choice the server cannot see.
startCore(CONFIG, {
  address: CONFIG.address,
  rest: 'rest',
  createGuard: (...given) => createGuard(CONFIG, ...given),
  createAsker: (core) => createAsker(CONFIG, core),
});
