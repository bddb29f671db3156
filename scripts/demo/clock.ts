import { AsyncLocalStorage } from 'node:async_hooks';

const RealDate = globalThis.Date;
/** How far back what is being done lies, in milliseconds. */
const past = new AsyncLocalStorage<number>();

const now = () => RealDate.now() - (past.getStore() ?? 0);

const MovedDate = new Proxy(RealDate, {
  construct: (target, given: unknown[], self) =>
    Reflect.construct(target, given.length === 0 ? [now()] : given, self) as object,
  apply: () => new RealDate(now()).toString(),
  get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
});

/**
 * Takes the place of the global `Date`, so that this process can live through the past. Only the
 * demo's own process does so.
 */
export function installClock(): void {
  globalThis.Date = MovedDate;
  // Libraries that compare constructors must find the same one.
  Object.defineProperty(RealDate.prototype, 'constructor', { value: MovedDate, writable: true });
}

/** Does something as if it were a moment of the past: whoever asks for the time gets that one. */
export function liveAt<T>(at: number, work: () => Promise<T>): Promise<T> {
  return past.run(Math.max(0, RealDate.now() - at), work);
}
