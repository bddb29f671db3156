import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { config } from '../../config/index.ts';

let key: Buffer | undefined;

function readKeyFile(): Buffer {
  const read = Buffer.from(readFileSync(config.keyFile, 'utf8').trim(), 'base64');
  if (read.length !== 32) {
    throw new Error(
      `The installation key in ${config.keyFile} is damaged: restore that file from your backup.`,
    );
  }
  return read;
}

function makeKeyFile(): Buffer {
  mkdirSync(path.dirname(config.keyFile), { recursive: true });
  const made = randomBytes(32);
  let file: number;
  try {
    file = openSync(config.keyFile, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return readKeyFile();
    throw error;
  }
  writeSync(file, made.toString('base64') + '\n');
  fsyncSync(file);
  closeSync(file);
  return made;
}

/**
 * The key that wraps all data keys. It comes from HABEAS_KEY, else from the key file beside the data
 * folder, which is made on the first start of an embedded installation.
 */
export function installationKey(): Buffer {
  key ??= config.key ?? (existsSync(config.keyFile) ? readKeyFile() : makeKeyFile());
  return key;
}
