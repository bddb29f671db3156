import type { BannerKind } from './banner.ts';
import type { Verdict } from './consent.ts';
import type { IsAllowed } from './gate.ts';
import type { Stage } from './stage.ts';
import type { ChoiceAction, ConsentState, HabeasApi } from './types.ts';

/** What is fetched when somebody does more than answer the first layer. */
export interface Rest extends Omit<HabeasApi, 'state' | 'onChange'> {
  /** Records and asks what has to be, and delivers what waits. */
  attend: () => void;
  /** Clears what is allowed no longer, given what was. */
  clear: (before: string) => void;
}

/** What the other parts may ask of the core. */
export interface Core extends Pick<HabeasApi, 'state' | 'onChange'> {
  /** Where this site's doors are: `https://host/c/<siteKey>`. */
  address: string;
  /** Address of a module. */
  moduleUrl: (name: 'rest' | 'whole' | 'dialog' | 'embeds') => string;
  api: HabeasApi;
  stage: Stage;
  /** Whether the browser sends a signal that is honoured here. */
  isSignalled: boolean;
  verdict: () => Verdict;
  /** The cookie that the verdict is about. */
  cookie: () => string;
  /** Puts the choice of a cookie into force, or none. */
  adopt: (cookie: string) => void;
  addGuard: (create: CreateGuard) => void;
  asker?: Asker;
  withRest: (use: (rest: Rest) => void, fail?: (reason: unknown) => void) => void;
}

export interface Guard {
  /** Ends guarding once all is allowed, and resumes it when something no longer is. */
  update: () => void;
}

/** `cover` asks in the place of a held frame. */
export type CreateGuard = (
  isAllowed: IsAllowed,
  cover: (frame: HTMLIFrameElement) => void,
) => Guard;

/** Asks, and makes choices. */
export interface Asker {
  /** Shows the first layer, unless its notice was closed before. */
  ask: () => void;
  show: (kind: BannerKind) => void;
  /** Dresses the layers, once. */
  dress: () => void;
  /** The visitor's id, made where there is none yet; it is kept with the first choice. */
  visitorId: () => string;
  /** `madeAt` is when the visitor made a choice that was brought here from elsewhere. */
  choose: (action: ChoiceAction, allowed: string, madeAt?: number) => void;
  accept: () => void;
  refuse: () => void;
  withdraw: () => Promise<void>;
}

/** What `back` hands over to the whole widget. */
export interface Handover {
  address: string;
  /** The page's handle, which stays the same object, and who listens to it. */
  api: HabeasApi;
  listeners: Set<(state: ConsentState) => void>;
  /** What the tag says of the visitor's age. */
  minor: boolean;
  /** Ends what `back` shows and releases. Returns whether its button had the focus. */
  leave: () => boolean;
}
