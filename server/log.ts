import { pino } from 'pino';
import { config } from '../config/index.ts';

/** Fields that may hold personal data or secrets; they never reach a log line. */
const personal = ['name', 'email', 'address', 'to', 'subject', 'text', 'html', 'body', 'details'];
const secret = ['token', 'code', 'password', 'secret', 'cookie', 'authorization', 'url', 'headers'];

export const log = pino({
  level: config.env === 'test' ? 'silent' : config.logLevel,
  base: null,
  redact: {
    paths: [...personal, ...secret].flatMap((field) => [field, `*.${field}`]),
    remove: true,
  },
  serializers: {
    // Messages of database errors quote values (a duplicate key names the key): keep what locates, drop what quotes.
    err: (error: unknown) =>
      error instanceof Error
        ? {
            type: error.name,
            code: (error as { code?: unknown }).code,
            stack: error.stack?.split('\n').filter((line) => line.startsWith('    at ')),
          }
        : { type: typeof error },
  },
});
