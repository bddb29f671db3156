/** Every failure that a caller can meet (RFC 9457): its name, its status and its title. */
export const PROBLEMS = {
  invalid: { status: 422, title: 'Some of what you sent cannot be used' },
  malformed: { status: 400, title: 'This could not be read' },
  'sign-in-required': { status: 401, title: 'Sign in first' },
  'wrong-credentials': { status: 401, title: 'These details do not match' },
  forbidden: { status: 403, title: 'Your role does not allow this' },
  'forged-form': { status: 403, title: 'Sent from a place that may not send it' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'Not possible here' },
  conflict: { status: 409, title: 'Somebody else was faster' },
  gone: { status: 410, title: 'No longer valid' },
  'too-large': { status: 413, title: 'Too large' },
  'unsupported-media-type': { status: 415, title: 'This kind of content is not accepted' },
  'not-allowed-now': { status: 409, title: 'Not possible in the present state' },
  'too-many-requests': { status: 429, title: 'Too many tries' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  unavailable: { status: 503, title: 'Not available for the moment' },
} as const;

export type ProblemName = keyof typeof PROBLEMS;

export interface FieldError {
  /** JSON pointer into what was sent, such as `/email`. */
  pointer: string;
  /** Key of the sentence in `templates/locales/<language>/problems.json`. */
  code: string;
  detail: string;
}

/** An expected failure. `code` picks a translated sentence where people read it. */
export class Problem extends Error {
  readonly problem: ProblemName;
  readonly code: string | undefined;
  readonly errors: readonly FieldError[];
  readonly retryAfterSeconds: number | undefined;

  constructor(
    problem: ProblemName,
    detail: string,
    extra: { code?: string; errors?: readonly FieldError[]; retryAfterSeconds?: number } = {},
  ) {
    super(detail);
    this.name = 'Problem';
    this.problem = problem;
    this.code = extra.code;
    this.errors = extra.errors ?? [];
    this.retryAfterSeconds = extra.retryAfterSeconds;
  }

  get status(): number {
    return PROBLEMS[this.problem].status;
  }

  get title(): string {
    return PROBLEMS[this.problem].title;
  }
}

/** One field that cannot be used. */
export const invalidField = (field: string, code: string, detail: string): Problem =>
  new Problem('invalid', 'See errors.', { errors: [{ pointer: `/${field}`, code, detail }] });

/** @throws Problem invalid, naming each of the fields; with none it passes. */
export function refuseFields(fields: readonly string[]): void {
  if (fields.length === 0) return;
  throw new Problem('invalid', 'See errors.', {
    errors: fields.map((field) => ({
      pointer: `/${field}`,
      code: 'any.invalid',
      detail: `${field} cannot be used`,
    })),
  });
}
