import type { Verdict } from './consent.ts';
import type { IsAllowed } from './gate.ts';
import type { Stage } from './stage.ts';
import type { ChoiceAction, ChoiceRecord, ConsentState, CoreConfig, HabeasApi } from './types.ts';

/** What is fetched when somebody does more than look at the first layer. */
export interface Rest extends Omit<HabeasApi, 'state' | 'onChange'> {
  /**
   * Does what follows from the choice that stands: clears what is allowed no longer, given what was (nothing at the
   * start), releases, tells the page, asks and records what has to be, and delivers what waits.
   */
  follow: (before?: string) => void;
  /** Asks in the place of a held frame. */
  cover: (frame: HTMLIFrameElement) => void;
}

/** What the other parts may ask of the core. */
export interface Core {
  config: CoreConfig;
  /** Where this site's doors are: `https://host/c/<siteKey>`. */
  address: string;
  /** Address of a module. */
  moduleUrl: (name: 'rest' | 'whole' | 'dialog' | 'embeds') => string;
  api: HabeasApi;
  state: () => ConsentState;
  listeners: Set<(state: ConsentState) => void>;
  isAllowed: IsAllowed;
  stage: Stage;
  /** Whether the browser sends a signal that is honoured here. */
  isSignalled: boolean;
  verdict: Verdict;
  /** The cookie that the verdict is about. */
  cookie: string;
  /** Puts the choice of a cookie into force, or none. */
  adopt: (cookie: string) => void;
  asker?: Asker | undefined;
  /** The rest, fetched once; rejects where it cannot be had, and is tried anew when asked again. */
  fetchRest: () => Promise<Rest>;
  /** Has the rest follow, as soon as it can be had. */
  follow: (before?: string) => void;
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

/** A record as it waits in the outbox; `signals.ts` completes it. */
export interface WaitingRecord
  extends Omit<ChoiceRecord, 'signals'>, Pick<ConsentState, 'decided' | 'gpc' | 'minor'> {
  signals: Pick<ChoiceRecord['signals'], 'gpc' | 'dnt'>;
}

/** Asks, and makes choices. */
export interface Asker {
  /** Shows the first layer, unless its notice was closed before. */
  ask: () => void;
  /** The first layer with other words, to which there is nothing to answer. */
  show: (notice?: string) => void;
  /** Opens the preferences. */
  open: () => Promise<void>;
  /** The visitor's id, made where there is none yet; it is kept with the first choice. */
  visitorId: () => string;
  /**
   * Makes a choice: hides what asks, keeps it in the cookie and its record in the outbox. `madeAt` is when the visitor
   * made one that was brought here from elsewhere.
   */
  choose: (action: ChoiceAction, allowed: string, madeAt?: number) => void;
  /** What a press on an answer does: hides what asks at once, and makes the choice once that is painted. */
  answer: (action: ChoiceAction, allowed: string) => void;
  /** Makes a choice that still waits for its paint now: whoever asks for what stands, or changes it, comes after it. */
  settle: () => void;
  accept: () => void;
  refuse: () => void;
  /** Records that still have to reach the server, oldest first. */
  readOutbox: () => WaitingRecord[];
  writeOutbox: (records: WaitingRecord[]) => void;
}

/** What `back` hands over to the whole widget. */
export interface Handover {
  /** The tag. */
  script: HTMLScriptElement;
  /** The page's handle, which stays the same object, and who listens to it. */
  api: HabeasApi;
  listeners: Set<(state: ConsentState) => void>;
  /** Holds the floating button, where it stands. */
  floating?: HTMLElement;
  /** Set by the whole widget: `back` shows and releases nothing more. */
  isOver?: boolean;
}
