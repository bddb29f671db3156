import { startCore } from './core.ts';
import { cover } from './cover.ts';
import { createGuard } from './guard.ts';
import { createRelease } from './release.ts';
import type { GuardedConfig } from './types.ts';

declare const CONFIG: GuardedConfig;

// For a visitor who refused something.
startCore(CONFIG, {
  rest: 'whole',
  cover,
  createGuard: (...given) => createGuard(CONFIG, ...given),
  createRelease: (core) => createRelease(CONFIG, core),
});
