import type { Request } from 'express';
import { config } from '../../config/index.ts';
import { languageCodes, languageOf, preferredLanguage, type Language } from '../language.ts';
import { networkPrint } from '../security/networks.ts';
import { readCookie } from './cookies.ts';
import type { Knock } from './doors.ts';
import { regionOfAddress } from './geoip-file.ts';
import { uploadedFiles } from './forms.ts';
import { stagedFiles } from './staged-uploads.ts';

/** The language chosen in the URL or before, else the browser's first that we speak, else English. */
export function languageForRequest(req: Request): Language {
  const asked = req.query.lang ?? readCookie(req, 'language');
  if (typeof asked === 'string' && languageCodes.includes(asked)) return languageOf(asked);
  return languageOf(preferredLanguage(req.get('accept-language') ?? '', languageCodes) ?? 'en');
}

/** `DE`, or `US-CA` where the subdivision is known. A configured header is believed, else a file of addresses. */
function regionOf(req: Request): string | null {
  const given = config.regionHeader === null ? undefined : req.get(config.regionHeader);
  const named = given?.toUpperCase() ?? '';
  return /^[A-Z]{2}(?:-[A-Z0-9]{1,3})?$/u.test(named) ? named : regionOfAddress(req.ip ?? '');
}

/** What a door is told about who knocks. Each is worked out when it is asked for: most doors need little of it. */
export function knockOf(req: Request): Knock {
  let language: Language | undefined;
  return {
    get language() {
      return (language ??= languageForRequest(req));
    },
    get path() {
      return req.path;
    },
    get network() {
      return networkPrint(req.ip ?? '');
    },
    get userAgent() {
      return req.get('user-agent') ?? '';
    },
    get origin() {
      return req.get('origin') ?? null;
    },
    get host() {
      return req.get('host') ?? '';
    },
    get region() {
      return regionOf(req);
    },
    cookie: (name) => readCookie(req, name),
    header: (name) => req.get(name),
    get files() {
      return uploadedFiles(req);
    },
    get staged() {
      return stagedFiles(req);
    },
  };
}
