import { createAsker } from './asker.ts';
import { readChoice } from './cookie.ts';
import { startCore } from './core.ts';
import { createGuard } from './guard.ts';
import type { FirstConfig } from './types.ts';

declare const CONFIG: FirstConfig;

// For a visitor who has not chosen yet, or whose choice the server cannot see. It asks, restores and holds back; what
// follows a choice, and whatever else may run, comes with the rest.
const script = document.currentScript as HTMLScriptElement | null;
// Whatever watches a page (Lighthouse, a browser's tools) has the engine read all functions anew that wait for a cookie.
// So one that nobody waits for reads it; both run before the page's next script.
void Promise.resolve(CONFIG.purposesHash)
  .then(readChoice)
  .then((seen) => {
    startCore(CONFIG, {
      script,
      seen,
      address: CONFIG.address,
      rest: 'rest',
      cover: (core, frame) => {
        // Without the question the frame stays empty.
        core.fetchRest().then(
          (rest) => {
            rest.cover(frame);
          },
          () => undefined,
        );
      },
      createGuard: (...given) => createGuard(CONFIG, ...given),
      createAsker: (core) => createAsker(CONFIG, core),
    });
  });
