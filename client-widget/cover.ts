import type * as Embeds from './embeds.ts';
import type { Core } from './parts.ts';

/** Asks in the place of a held frame. */
export function cover({ moduleUrl, api }: Core, frame: HTMLIFrameElement): void {
  import(moduleUrl('embeds')).then(
    ({ coverFrame }: typeof Embeds) => {
      coverFrame(frame, (service) => void api.set({}, { [service]: true }));
    },
    // Without the question the frame stays empty.
    () => undefined,
  );
}
