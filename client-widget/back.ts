import { startCore } from './core.ts';
import type { CoreConfig } from './types.ts';

declare const CONFIG: CoreConfig;

// For a visitor who allowed everything.
startCore(CONFIG, { address: '', rest: 'whole' });
