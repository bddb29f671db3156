import type { ErrorRequestHandler } from 'express';
import { Problem } from '../problem.ts';

/** Sends people who must sign in, or set up their second factor, to where they can; machines get the problem. */
export const sendToSignIn: ErrorRequestHandler = (error, req, res, next) => {
  const isPage = req.method === 'GET' && !req.path.startsWith('/api/');
  if (isPage && error instanceof Problem && error.problem === 'sign-in-required') {
    // A longer address would not be believed, and may be more than a header can hold.
    const to = req.originalUrl.length > 1000 ? '/staff' : req.originalUrl;
    res.redirect(303, `/staff/sign-in?to=${encodeURIComponent(to)}`);
    return;
  }
  if (isPage && error instanceof Problem && error.code === 'second-factor-required') {
    res.redirect(303, '/staff/account/second-factor');
    return;
  }
  next(error);
};
