import type { Server } from 'node:http';
import { once } from 'node:events';
import { config } from '../config/index.ts';
import { createApp } from './app.ts';
import { closeDatabase, connectDatabase, ownEngine, refuseStandalone } from './database/connect.ts';
import { InstallationUnusable } from './database/installation-unusable.ts';
import { prepareInstallation } from './database/installation.ts';
import { createDemoSite } from './demo-site.ts';
import { endInOrder } from './ending.ts';
import { writePrompts } from './features/consent/service.ts';
import { listenForMail, type InboxListener } from './features/inbox/service.ts';
import { countHit } from './security/counts.ts';
import { openGeoipFile } from './http/geoip-file.ts';
import { serverOf } from './http/server.ts';
import { log } from './log.ts';
import { connectQueue } from './queue.ts';
import { openFirstOrganization } from './first-organization.ts';

/** What a person can do about an address that cannot be listened on. */
function listeningAdvice(code: string | undefined, port: number, name: string): string | null {
  if (code === 'EADDRINUSE') {
    return `Port ${port} is taken: stop what uses it, or start with another one (${name}=${port + 10} npm start).`;
  }
  if (code === 'EACCES') {
    return `${name} is not usable: this user may not listen on ${port}; use a port above 1023.`;
  }
  return code === 'EADDRNOTAVAIL'
    ? `HOST is not usable: ${config.host} is no address of this machine; use 127.0.0.1, or 0.0.0.0 for all.`
    : null;
}

async function listen(server: Server, port: number, name: string): Promise<Server> {
  // Left to Node, "all addresses" also works where IPv6 is switched off.
  server.listen({ port, ...(config.host !== '::' && { host: config.host }) });
  try {
    await once(server, 'listening');
  } catch (error) {
    const advice = listeningAdvice((error as NodeJS.ErrnoException).code, port, name);
    throw advice === null ? error : new InstallationUnusable(advice);
  }
  return server;
}

/** The listener for mail to the organisations, where one is set up. */
async function takeMailIn(): Promise<InboxListener | null> {
  const { inboundPort: port, inboundHost: host, inboundTls: tls, publicUrl } = config;
  if (port === null) return null;
  try {
    return await listenForMail({ host, port, tls, name: new URL(publicUrl).hostname, countHit });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const advice = listeningAdvice(code, port, 'INBOUND_SMTP_PORT');
    throw advice === null ? error : new InstallationUnusable(advice);
  }
}

/** The web process: engine, database, application, demo site. */
async function start(): Promise<void> {
  await ownEngine();
  await connectDatabase();
  await refuseStandalone();
  await prepareInstallation();
  const { demoWidgetSrc } = await openFirstOrganization();
  await connectQueue();
  await openGeoipFile();
  const servers = [await listen(serverOf(createApp()), config.port, 'PORT')];
  if (config.demoPort !== null && demoWidgetSrc !== null) {
    const demo = serverOf(createDemoSite({ widgetSrc: demoWidgetSrc }));
    servers.push(await listen(demo, config.demoPort, 'DEMO_PORT'));
  }
  const inbox = await takeMailIn();
  log.info({ port: config.port, demoPort: config.demoPort }, 'web process is ready');
  process.send?.('ready');
  endInOrder(async () => {
    // Answers what is being asked, and nothing new.
    const closed = servers.map((server) => once(server, 'close'));
    for (const server of servers) {
      server.close();
      server.closeIdleConnections();
    }
    await inbox?.close();
    await Promise.all(closed);
    await writePrompts();
    await closeDatabase();
  });
}

start().catch((error: unknown) => {
  if (error instanceof InstallationUnusable) {
    process.stderr.write(`Habeas cannot start. ${error.message}\n`);
    process.exit(78);
  }
  log.fatal({ err: error }, 'the web process cannot start');
  process.stderr.write(
    `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(1);
});
