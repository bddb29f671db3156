import Joi from 'joi';
import { roles, type Role } from '../../../config/permissions.ts';
import { languageCodes } from '../../language.ts';
import { emailAddress, line } from '../../wire.ts';
import { PASSWORD_MAX } from './password-rules.ts';

const personName = line(120).min(2).required();
const email = emailAddress.required();
/** A password as typed: neither trimmed nor judged. */
const typedPassword = Joi.string().max(PASSWORD_MAX).required();
const code = line(40).required();
const role = Joi.string<Role>()
  .valid(...roles)
  .required();
const language = Joi.string()
  .valid(...languageCodes)
  .required();

/** A place of ours to go on to; anything else becomes the start. */
const localPath = Joi.string()
  .max(1000)
  .custom((value: string, helpers) => {
    const isLocal = /^\/(?![/\\])[^\\\s]*$/u.test(value) && URL.canParse(value, 'http://here');
    return isLocal && new URL(value, 'http://here').origin === 'http://here'
      ? value
      : helpers.error('any.invalid');
  })
  .failover('/staff')
  .default('/staff');

export const onwards = Joi.object<{ to: string }>({ to: localPath });

export const secondStep = Joi.object<{ to: string; with: 'app' | 'recovery' }>({
  to: localPath,
  with: Joi.string().valid('app', 'recovery').failover('app').default('app'),
});

export const linkToken = Joi.object<{ token: string }>({ token: Joi.string().max(200).required() });

export const credentials = Joi.object<{ email: string; password: string }>({
  email,
  password: typedPassword,
});

export const typedCode = Joi.object<{ code: string }>({ code });

export const newPerson = Joi.object<{ name: string; email: string; password: string }>({
  name: personName,
  email,
  password: typedPassword,
});

export const invitedPerson = Joi.object<{ name: string; password: string }>({
  name: personName,
  password: typedPassword,
});

export const address = Joi.object<{ email: string }>({ email });

export const newPassword = Joi.object<{ password: string }>({ password: typedPassword });

export const profile = Joi.object<{ name: string; language: string }>({
  name: personName,
  language,
});

export const passwordChange = Joi.object<{ current: string; password: string }>({
  current: typedPassword,
  password: typedPassword,
});

export const currentPassword = Joi.object<{ current: string }>({ current: typedPassword });

export const proof = Joi.object<{ current: string; code: string }>({
  current: typedPassword,
  code,
});

export const invitation = Joi.object<{ email: string; role: Role }>({ email, role });
export const roleChange = Joi.object<{ role: Role }>({ role });
