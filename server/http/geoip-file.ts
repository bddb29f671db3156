import { readFile, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { Reader, type CityResponse } from 'mmdb-lib';
import { config } from '../../config/index.ts';
import { log } from '../log.ts';

/** How often it is seen whether the file was replaced. */
const LOOK_AGAIN_MS = 1_000;

let reader: Reader<CityResponse> | null = null;
/** Tells one state of the file from the next. */
let seen = '';
/** What was wrong when it was last looked at. */
let fault = '';
let lookedAt = 0;

async function takeUp(file: string): Promise<void> {
  const { mtimeMs, size, ino } = await stat(file);
  const now = `${mtimeMs} ${size} ${ino}`;
  if (now === seen) return;
  seen = now;
  reader = new Reader<CityResponse>(await readFile(file));
}

/**
 * Reads the file that tells regions by address, where one is set, and takes it up again when it was replaced. One
 * that is missing or damaged stops nothing: the one before stays in use, and without any the strictest law holds.
 */
export async function openGeoipFile(): Promise<void> {
  const { geoipFile: file } = config;
  if (file === null) return;
  lookedAt = Date.now();
  try {
    await takeUp(file);
    fault = '';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const found = code === undefined ? 'is damaged' : `cannot be read (${code})`;
    if (found === fault) return;
    fault = found;
    const instead = reader
      ? 'the one before stays in use'
      : 'the strictest law holds for everybody';
    log.warn({ file }, `GEOIP_FILE ${fault}: ${instead}.`);
  }
}

/** `DE`, or `US-CA` where the file knows the subdivision; null where it does not know the address. Keeps nothing. */
export function regionOfAddress(address: string): string | null {
  if (config.geoipFile === null) return null;
  if (Math.abs(Date.now() - lookedAt) > LOOK_AGAIN_MS) void openGeoipFile();
  // An IPv4 address that came through an IPv6 socket.
  const plain = address.replace(/^::ffff:(?=[\d.]+$)/iu, '');
  if (!reader || isIP(plain) === 0) return null;
  try {
    const found = reader.get(plain);
    const country = found?.country?.iso_code;
    const subdivision = found?.subdivisions?.[0]?.iso_code;
    return [country, country && subdivision].filter(Boolean).join('-') || null;
  } catch {
    // A damaged entry.
    return null;
  }
}
