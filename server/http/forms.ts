import { isUtf8 } from 'node:buffer';
import express, { type Request, type RequestHandler, type Response } from 'express';
import multer from 'multer';
import { config } from '../../config/index.ts';
import { defaults } from '../../config/defaults.ts';
import { Problem, type FieldError } from '../problem.ts';
import { fingerprint, newToken, sameText } from '../security/tokens.ts';
import { changeCookie, readCookie } from './cookies.ts';
import type { UploadedFile } from './doors.ts';
import { pointerOf } from './parse.ts';

const COOKIE = 'form';

// The parsers write a status into what is thrown here, which no Problem allows: plain errors only.
const refuseBrokenText = (_req: unknown, _res: unknown, body: Buffer) => {
  if (!isUtf8(body)) throw new Error('The text is not valid UTF-8.');
};

const refuseBrokenForm = (req: unknown, res: unknown, body: Buffer) => {
  refuseBrokenText(req, res, body);
  decodeURIComponent(body.toString('latin1').replaceAll('+', ' '));
};

const charsetOf = (req: Request) =>
  /;\s*charset\s*=\s*"?([^\s";]+)/iu.exec(req.get('content-type') ?? '')?.[1];

/** Another kind of content is not read as if nothing had been sent: it is refused. */
const onlyOf =
  (types: string[], read: RequestHandler): RequestHandler =>
  (req, res, next) => {
    // False is another type; null is no body at all, which the schema judges.
    if (req.is(types) === false) {
      throw new Problem('unsupported-media-type', `Send ${types[0] ?? ''}.`);
    }
    if (!/^utf-?8$/iu.test(charsetOf(req) ?? 'utf-8')) {
      throw new Problem('unsupported-media-type', 'Send UTF-8.');
    }
    return read(req, res, next);
  };

const jsonOf = (types: string[]) =>
  onlyOf(types, express.json({ type: types, limit: '64kb', verify: refuseBrokenText }));

/** Reads a JSON body. */
export const readJson = jsonOf(['application/json']);

/** The same from other origins: the widget sends JSON as plain text, which needs no preflight. */
export const readForeignJson = jsonOf(['application/json', 'text/plain']);

const readPlainText = onlyOf(
  ['text/plain'],
  express.text({ type: 'text/plain', limit: '64kb', verify: refuseBrokenText }),
);

/** Reads a body of plain text; it becomes `{ text }`. */
export const readText: RequestHandler = (req, res, next) =>
  readPlainText(req, res, (error?: unknown) => {
    if (typeof req.body === 'string') req.body = { text: req.body };
    next(error);
  });

const FORM = 'application/x-www-form-urlencoded';

/** Reads a form. `a[b]` becomes a nested member, which the schema then checks. */
export const readForm = onlyOf(
  [FORM],
  express.urlencoded({
    extended: true,
    limit: '256kb',
    parameterLimit: 200,
    verify: refuseBrokenForm,
  }),
);

/** Reads a form whose files go into a storage, within limits in bytes. */
export const filesReader = (
  storage: multer.StorageEngine,
  { fileBytes, totalBytes }: { fileBytes: number; totalBytes: number },
): RequestHandler => {
  const uploads = multer({
    storage,
    limits: {
      fileSize: fileBytes,
      files: defaults.files.maxCount,
      fields: 100,
      fieldSize: 256 * 1024,
    },
    defParamCharset: 'utf8',
  }).any();
  return onlyOf(['multipart/form-data'], (req, res, next) => {
    const length = Number(req.get('content-length') ?? Number.NaN);
    if (!(length <= totalBytes)) {
      next(new Problem('too-large', 'The files are too large together.'));
      return;
    }
    // Its parser throws plain errors for what it cannot parse.
    void uploads(req, res, (error: unknown) => {
      next(
        error instanceof Error && !(error instanceof multer.MulterError)
          ? new Problem('malformed', 'The form could not be read.')
          : error,
      );
    });
  });
};

/** Reads a form with files, into memory. */
export const readUploads = filesReader(multer.memoryStorage(), {
  fileBytes: defaults.files.maxBytes,
  totalBytes: defaults.files.maxTotalBytes,
});

/** The files of a form; empty inputs are none. */
export function uploadedFiles(req: Request): UploadedFile[] {
  const files = Array.isArray(req.files) ? req.files : [];
  return files
    .filter(({ originalname, size, buffer }) => originalname !== '' && size > 0 && Boolean(buffer))
    .map(({ fieldname, originalname, mimetype, buffer }) => ({
      field: fieldname,
      name: originalname,
      type: mimetype,
      content: buffer,
    }));
}

/**
 * What was typed, for the form that is shown again. Nobody can type a list or a structure where
 * text belongs, nor a field that is not there: these are left out.
 */
export function typedValues(body: unknown, errors: readonly FieldError[]): Record<string, unknown> {
  const codes = new Map(errors.map(({ pointer, code }) => [pointer, code]));
  const kept = (value: unknown, pointer: string): unknown => {
    const code = codes.get(pointer);
    if (code === 'object.unknown') return undefined;
    if (typeof value === 'string') return value;
    if (code !== undefined || typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) {
      return value
        .map((one, at) => kept(one, `${pointer}/${at}`))
        .filter((one) => one !== undefined);
    }
    return Object.fromEntries(
      Object.entries(value)
        .map(([name, one]) => [name, kept(one, `${pointer}${pointerOf([name])}`)] as const)
        .filter(([, one]) => one !== undefined),
    );
  };
  return (kept(body ?? {}, '') ?? {}) as Record<string, unknown>;
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
