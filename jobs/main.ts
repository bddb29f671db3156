import { connectDatabase, closeDatabase } from '../server/database/connect.ts';
import { againstDuplicates } from '../server/database/duplicate-key.ts';
import { InstallationUnusable } from '../server/database/installation-unusable.ts';
import { requireInstallation } from '../server/database/installation.ts';
import { endInOrder } from '../server/ending.ts';
import { endScans } from '../server/features/scans/service.ts';
import { log } from '../server/log.ts';
import { closeMailer } from '../server/mail/mailer.ts';
import { createAgenda, keepLocked, type Nudges } from '../server/queue.ts';
import { retry, timetable } from './schedule.ts';
import { sendOneMail } from './send-mail.ts';

/** The worker process: connects, defines, schedules, and drains when it is told to stop. */
async function start(): Promise<void> {
  await connectDatabase();
  await requireInstallation();
  const agenda = createAgenda();
  agenda.on('fail', (error: Error, job: { attrs: { name: string } }) => {
    log.error({ err: error, job: job.attrs.name }, 'job failed');
  });
  agenda.on('error', (error: Error) => {
    log.error({ err: error }, 'queue failed');
  });
  agenda.define<Nudges['send-mail']>('send-mail', ({ attrs }) => sendOneMail(attrs.data.mailId), {
    backoff: retry,
  });
  for (const { name, job } of timetable) {
    agenda.define(name, (running) => keepLocked(running, job), {
      concurrency: 1,
      removeOnComplete: false,
    });
  }
  await agenda.start();
  for (const { name, every } of timetable) {
    await againstDuplicates(() => agenda.every(every, name));
  }
  log.info('worker is ready');
  process.send?.('ready');
  endInOrder(async () => {
    await Promise.all([endScans(), agenda.drain()]);
    closeMailer();
    await closeDatabase();
  });
}

start().catch((error: unknown) => {
  if (error instanceof InstallationUnusable) {
    process.stderr.write(`The worker cannot start. ${error.message}\n`);
    process.exit(78);
  }
  log.fatal({ err: error }, 'the worker cannot start');
  process.exit(1);
});
