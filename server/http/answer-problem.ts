import type { ErrorRequestHandler } from 'express';
import { Problem } from '../problem.ts';
import { log } from '../log.ts';
import { languageForRequest } from './knock.ts';
import { renderPage } from './views.ts';

interface HttpError extends Error {
  status?: number;
  type?: string;
  code?: string;
}

/** Makes a problem of what Express, its parsers and Multer throw; anything unknown is ours. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { status, type, name, code } = error as HttpError;
  if (name === 'MulterError') {
    return code?.startsWith('LIMIT_') === true
      ? new Problem(
          'too-large',
          'A file or a field of the form is too large, or there are too many.',
        )
      : new Problem('malformed', 'The form could not be read.');
  }
  if (type === 'entity.too.large' || status === 413) return new Problem('too-large', 'Send less.');
  if (type === 'entity.verify.failed') return new Problem('malformed', 'Send valid UTF-8.');
  if (status === 415) return new Problem('unsupported-media-type', 'Send UTF-8.');
  if (status !== undefined && status >= 400 && status < 500) {
    return new Problem('malformed', 'The request could not be read.');
  }
  log.error({ err: error }, 'unexpected failure');
  return new Problem('internal', 'It was logged. Nothing that was confirmed before is lost.');
}

/** Where the way back leads: the privacy centre or the staff room whose address this was, else the start. */
function homeOf(path: string): string {
  const centre = /^\/privacy\/[^/]+(?=\/)/u.exec(path)?.[0];
  return centre ?? (/^\/(?:o|staff)\//u.test(path) ? '/staff' : '/');
}

const wantsJson = (path: string) => /^\/(?:api|c|drp|healthz|readyz)(?:\/|$)/u.test(path);

/** A path may be sent with signs that no URI has (RFC 3986). */
const instanceOf = (path: string) =>
  path.replaceAll(/[^\w.~:@!$&'()*+,;=%/-]/gu, encodeURIComponent);

/** The last one in the app: every failure becomes problem+json (RFC 9457), or a page for people. */
export const answerProblem: ErrorRequestHandler = (error, req, res, _next) => {
  if (res.headersSent) {
    // Half an answer cannot become another one: the connection ends, so that nobody takes it for whole.
    log.warn({ err: error }, 'an answer was cut off');
    res.destroy();
    return;
  }
  const problem = problemOf(error);
  if (problem.retryAfterSeconds !== undefined) {
    res.set('Retry-After', String(problem.retryAfterSeconds));
  }
  res.status(problem.status);
  if (wantsJson(req.path)) {
    res.type('application/problem+json').send(
      JSON.stringify({
        type: `/problems/${problem.problem}`,
        title: problem.title,
        status: problem.status,
        detail: problem.message,
        instance: instanceOf(req.path),
        ...(problem.code !== undefined && { code: problem.code }),
        ...(problem.errors.length > 0 && {
          errors: problem.errors.map(({ pointer, detail }) => ({ pointer, detail })),
        }),
      }),
    );
    return;
  }
  const language = languageForRequest(req);
  const sentence = `problems.code.${problem.code ?? ''}`;
  res.send(
    renderPage('problem/problem', 'plain', {
      lang: language.code,
      dir: language.direction,
      title: language.t(`problems.${problem.problem}.title`),
      text: language.t(language.has(sentence) ? sentence : `problems.${problem.problem}.text`),
      status: problem.status,
      homeUrl: homeOf(req.path),
    }),
  );
};
