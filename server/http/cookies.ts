import * as cookies from 'cookie';
import type { Request, Response } from 'express';
import { config } from '../../config/index.ts';
import type { CookieChange } from './doors.ts';

const isSecure = config.publicUrl.startsWith('https:');

/**
 * Cookies of different ports on one host share one jar, so without TLS the name carries the port:
 * two installations beside each other do not sign each other out.
 */
const fullName = (name: string) =>
  isSecure ? `__Host-habeas-${name}` : `habeas-${config.port}-${name}`;

export function readCookie(req: Request, name: string): string | undefined {
  return cookies.parse(req.get('cookie') ?? '')[fullName(name)];
}

export function changeCookie(res: Response, { name, value, maxAgeSeconds }: CookieChange): void {
  res.append(
    'Set-Cookie',
    cookies.serialize(fullName(name), value ?? '', {
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      secure: isSecure,
      ...(value === null
        ? { maxAge: 0 }
        : maxAgeSeconds !== undefined && { maxAge: maxAgeSeconds }),
    }),
  );
}
