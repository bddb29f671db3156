/**
 * `@habeas/consent`: loads the banner of a site from code, for pages that are built by a bundler. The tag in the
 * markup comes first in every way; this is for where there is none to write.
 */
import type { ConsentState, HabeasApi } from '../types.ts';

export type {
  CategoryId,
  Choices,
  ConsentModel,
  ConsentState,
  HabeasApi,
  OptionalCategoryId,
  ServiceChoices,
} from '../types.ts';

declare global {
  interface Window {
    /** There once `habeas:ready` was heard on `document`. */
    habeas?: HabeasApi;
  }
  interface DocumentEventMap {
    'habeas:change': CustomEvent<ConsentState>;
    'habeas:ready': Event;
  }
}

export interface LoadOptions {
  /** Address of the site's script, such as `https://privacy.example.org/c/SITEKEY.js`. */
  src: string;
  /** Nonce of the page's content security policy. */
  nonce?: string;
}

let loading: Promise<HabeasApi> | undefined;

/**
 * Loads the banner once, however often it is called, and gives its handle. Rejects when the script cannot be had:
 * nothing optional runs then, and the next call tries again.
 */
export function loadConsent({ src, nonce }: LoadOptions): Promise<HabeasApi> {
  loading ??= new Promise<HabeasApi>((resolve, reject) => {
    const ready = () => {
      if (window.habeas) resolve(window.habeas);
    };
    ready();
    if (window.habeas) return;
    document.addEventListener('habeas:ready', ready, { once: true });
    const script = document.createElement('script');
    script.src = src;
    if (nonce !== undefined) script.nonce = nonce;
    script.addEventListener('error', () => {
      script.remove();
      loading = undefined;
      reject(new Error(`The consent banner could not be loaded from ${src}.`));
    });
    document.head.prepend(script);
  });
  return loading;
}
