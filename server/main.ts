import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { config } from '../config/index.ts';
import { createApp } from './app.ts';
import { closeDatabase, connectDatabase, ownEngine } from './database/connect.ts';
import { InstallationUnusable, prepareInstallation } from './database/installation.ts';
import { createDemoSite } from './demo-site.ts';
import { log } from './log.ts';
import { connectQueue } from './queue.ts';
import { openFirstOrganization } from './first-organization.ts';

async function listen(server: Server, port: number, name: string): Promise<Server> {
  server.listen(port, config.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      throw new InstallationUnusable(
        `Port ${port} is taken: stop what uses it, or start with another one (${name}=${port + 10} npm start).`,
      );
    }
    throw error;
  }
  return server;
}

/** The web process: engine, database, application, demo site. */
async function start(): Promise<void> {
  await ownEngine();
  await connectDatabase();
  await prepareInstallation();
  const { demoWidgetSrc } = await openFirstOrganization();
  await connectQueue();
  const servers = [await listen(createServer(createApp()), config.port, 'PORT')];
  if (config.demoPort !== null && demoWidgetSrc !== null) {
    const demo = createServer(createDemoSite({ widgetSrc: demoWidgetSrc }));
    servers.push(await listen(demo, config.demoPort, 'DEMO_PORT'));
  }
  log.info({ port: config.port, demoPort: config.demoPort }, 'web process is ready');
  const drain = async () => {
    for (const server of servers) {
      server.close();
      server.closeIdleConnections();
    }
    setTimeout(() => process.exit(1), 10_000).unref();
    await Promise.all(servers.filter((one) => one.listening).map((one) => once(one, 'close')));
    await closeDatabase();
    process.exit(0);
  };
  process.once('SIGTERM', () => void drain());
  process.once('SIGINT', () => void drain());
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
