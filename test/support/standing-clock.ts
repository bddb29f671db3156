import sinon, { type SinonFakeTimers } from 'sinon';

let clock: SinonFakeTimers | undefined;

/** Until the end of this test the clock stands, so that no window of a limit ends between two knocks. */
export function letClockStand(): SinonFakeTimers {
  clock = sinon.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
  return clock;
}

/** After each test. */
export function letClockGoOn(): void {
  clock?.restore();
  clock = undefined;
}
