import sinon from 'sinon';

// Loaded by `--import` into another process, so that it lives at the moment a test says.
const now = process.env.HABEAS_TEST_NOW;
if (now !== undefined) sinon.useFakeTimers({ now: Number(now), toFake: ['Date'] });
