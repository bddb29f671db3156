import { startCore } from './core.ts';
import { createGuard } from './guard.ts';
import type { GuardConfig } from './types.ts';

declare const CONFIG: GuardConfig;

// For a visitor who refused something.
startCore(CONFIG, {
  address: '',
  rest: 'whole',
  createGuard: (...given) => createGuard(CONFIG, ...given),
});
