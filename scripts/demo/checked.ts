import type Joi from 'joi';

/** A value as a door would let it in: checked and filled up by the schema of the wire. */
export function checked<T>(schema: Joi.ObjectSchema<T>, value: object): T {
  const result = schema.validate(value, { abortEarly: false });
  if (result.error) throw result.error;
  return result.value;
}
