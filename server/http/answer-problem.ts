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
  if (status === 415) return new Problem('unsupported-media-type', 'Send UTF-8.');
  if (status !== undefined && status >= 400 && status < 500) {
    return new Problem('malformed', 'The request could not be read.');
  }
  log.error({ err: error }, 'unexpected failure');
  return new Problem('internal', 'It was logged. Nothing that was confirmed before is lost.');
}

const wantsJson = (path: string) => /^\/(?:api|c|healthz|readyz)(?:\/|$)/u.test(path);

/** The last one in the app: every failure becomes problem+json (RFC 9457), or a page for people. */
export const answerProblem: ErrorRequestHandler = (error, req, res, next) => {
  const problem = problemOf(error);
  if (res.headersSent) {
    next(error);
    return;
  }
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
        instance: req.path,
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
    }),
  );
};
