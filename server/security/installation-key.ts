import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
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
  const draft = `${config.keyFile}.${process.pid}`;
  const file = openSync(draft, 'w', 0o600);
  writeSync(file, made.toString('base64') + '\n');
  fsyncSync(file);
  closeSync(file);
  try {
    // The name appears only once the whole key is on disk, and never a second time.
    linkSync(draft, config.keyFile);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readKeyFile();
  } finally {
    unlinkSync(draft);
  }
  keepName(path.dirname(config.keyFile));
  return made;
}

/** Makes a new name in a folder outlive a power cut. */
function keepName(folder: string): void {
  const opened = openSync(folder, 'r');
  fsyncSync(opened);
  closeSync(opened);
}

/**
 * The key that wraps all data keys. It comes from HABEAS_KEY, else from the key file beside the data
 * folder, which is made on the first start of an embedded installation.
 */
export function installationKey(): Buffer {
  key ??= config.key ?? (existsSync(config.keyFile) ? readKeyFile() : makeKeyFile());
  return key;
}
