import Mocha from 'mocha';

/** The usual report, closed by a plain line for each failure and one of counts. Mocha asks for a default export. */
export default class PlainClose extends Mocha.reporters.Spec {
  epilogue() {
    super.epilogue();
    for (const failed of this.failures) {
      const [why] = String(failed.err?.message).split('\n');
      process.stdout.write(`Failed: ${failed.fullTitle()}: ${why}\n`);
    }
    const { passes, failures, pending } = this.stats;
    const skipped = pending > 0 ? `, ${pending} skipped` : '';
    process.stdout.write(`${passes} passed, ${failures} failed${skipped}\n`);
    // What a failed test has left open does not keep the report from being seen.
    if (failures > 0) setTimeout(() => process.exit(1), 10_000).unref();
  }
}
