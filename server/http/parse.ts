import type Joi from 'joi';
import { Problem, type FieldError } from '../problem.ts';

/** A JSON pointer (RFC 6901). */
export const pointerOf = (path: readonly (string | number)[]) =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

const strict = new WeakMap<Joi.ObjectSchema, Joi.ObjectSchema>();

/** A schema with our preferences, which Joi works out anew for each value when they are given with it. */
function strictly<T>(schema: Joi.ObjectSchema<T>): Joi.ObjectSchema<T> {
  const known = strict.get(schema) as Joi.ObjectSchema<T> | undefined;
  if (known) return known;
  const made = schema.prefs({
    abortEarly: false,
    allowUnknown: false,
    convert: true,
    errors: { wrap: { label: false }, label: 'key' },
    // Joi's own sentence repeats the value, which may be long or somebody's secret.
    messages: { 'string.pattern.base': '{{#label}} does not have the expected form' },
  });
  strict.set(schema, made);
  return made;
}

/**
 * Checks a value from outside against its schema and returns what the schema makes of it. Unknown
 * members are refused, or dropped. @throws Problem invalid, with all errors at once.
 */
export function parse<T>(
  schema: Joi.ObjectSchema<T>,
  value: unknown,
  { dropUnknown = false } = {},
): T {
  const checked = strictly(schema).validate(value, { stripUnknown: dropUnknown });
  if (!checked.error) return checked.value;
  const errors: FieldError[] = checked.error.details.map(({ path, type, message }) => ({
    pointer: pointerOf(path),
    code: type,
    detail: message,
  }));
  throw new Problem('invalid', 'See errors.', { errors });
}
