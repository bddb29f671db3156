import { isUtf8 } from 'node:buffer';
import express, { type Request, type RequestHandler, type Response } from 'express';
import multer from 'multer';
import { config } from '../../config/index.ts';
import { defaults } from '../../config/defaults.ts';
import { Problem } from '../problem.ts';
import { fingerprint, newToken, sameText } from '../security/tokens.ts';
import { changeCookie, readCookie } from './cookies.ts';
import type { UploadedFile } from './doors.ts';

const COOKIE = 'form';

const refuseBrokenText = (_req: unknown, _res: unknown, body: Buffer) => {
  if (!isUtf8(body)) throw new Problem('malformed', 'The text is not valid UTF-8.');
};

const refuseBrokenForm = (req: unknown, res: unknown, body: Buffer) => {
  refuseBrokenText(req, res, body);
  try {
    decodeURIComponent(body.toString('latin1').replaceAll('+', ' '));
  } catch {
    throw new Problem('malformed', 'The form is not valid UTF-8.');
  }
};

/** Reads a JSON body. The widget sends JSON as plain text, which needs no preflight. */
export const readJson: RequestHandler = express.json({
  type: ['application/json', 'text/plain'],
  limit: '64kb',
  verify: refuseBrokenText,
});

/** Reads a form. `a[b]` becomes a nested member, which the schema then checks. */
export const readForm: RequestHandler = express.urlencoded({
  extended: true,
  limit: '256kb',
  parameterLimit: 200,
  verify: refuseBrokenForm,
});

/** Reads a form with files. */
export const readUploads: RequestHandler = multer({
  storage: multer.memoryStorage(),
  limits: {
    fileSize: defaults.files.maxBytes,
    files: defaults.files.maxCount,
    fields: 100,
    fieldSize: 256 * 1024,
  },
  defParamCharset: 'utf8',
}).any();

/** The files of a form; empty inputs are none. */
export function uploadedFiles(req: Request): UploadedFile[] {
  const files = Array.isArray(req.files) ? req.files : [];
  return files
    .filter(({ originalname, size }) => originalname !== '' && size > 0)
    .map(({ fieldname, originalname, mimetype, buffer }) => ({
      field: fieldname,
      name: originalname,
      type: mimetype,
      content: buffer,
    }));
}

/** The secret of this browser's forms, made on first need. */
export function formToken(req: Request, res: Response): string {
  let cookie = readCookie(req, COOKIE);
  if (cookie === undefined) {
    cookie = newToken();
    changeCookie(res, { name: COOKIE, value: cookie });
  }
  return fingerprint('form', cookie);
}

/** @throws Problem forged-form when a browser says that another site sent this. */
export function refuseForeignOrigin(req: Request): void {
  const origin = req.get('origin');
  const own = [config.publicUrl, `${req.protocol}://${req.get('host') ?? ''}`];
  const isForeign =
    (origin !== undefined && !own.includes(origin)) ||
    ['cross-site', 'same-site'].includes(req.get('sec-fetch-site') ?? '');
  if (isForeign) throw new Problem('forged-form', 'Another site sent this form.');
}

/** Takes the token out of a form's values. @throws Problem forged-form when it is not this browser's. */
export function takeFormToken(req: Request): void {
  const body = req.body as Record<string, unknown> | undefined;
  const given = body?._csrf;
  if (body) delete body._csrf;
  const cookie = readCookie(req, COOKIE);
  if (
    cookie === undefined ||
    typeof given !== 'string' ||
    !sameText(given, fingerprint('form', cookie))
  ) {
    throw new Problem('forged-form', 'The form is not from this browser, or it is too old.');
  }
}
