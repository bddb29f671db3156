import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { settingsInPlaceOf } from './server.ts';

const projectFolder = path.resolve(import.meta.dirname, '../..');

/** A data folder, and the key file beside it, that vanish with `remove`. */
export function aDataFolder(): { data: string; remove: () => void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'habeas-start-'));
  return {
    data: path.join(folder, 'data'),
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface Product {
  origin: string;
  process: ChildProcess;
  /** Everything printed so far. */
  output(): string;
  /** Resolves with the exit code. */
  ended: Promise<number | null>;
  /** Resolves when it has printed where to go; rejects with its output when it ends before. */
  ready: Promise<void>;
  stop(): Promise<void>;
}

/** Starts the product as a person would, with `npm start`'s own script. */
export function startProduct(
  environment: Record<string, string> & { HABEAS_DATA_DIR: string },
): Product {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => ['PATH', 'HOME', 'TMPDIR'].includes(name)),
  );
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: projectFolder,
    env: {
      ...inherited,
      LOG_LEVEL: 'error',
      ...settingsInPlaceOf(environment.HABEAS_DATA_DIR),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const ready = new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      printed += chunk.toString();
      if (printed.includes('Habeas is ready.')) resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void ended.then(() => {
      reject(new Error(`It ended before it was ready:\n${printed}`));
    });
  });
  ready.catch(() => undefined);
  return {
    origin: `http://127.0.0.1:${environment.PORT ?? '8080'}`,
    process: child,
    output: () => printed,
    ended,
    ready,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
