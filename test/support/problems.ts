import { Problem } from '../../server/problem.ts';

/** The problem that a call ends with; fails when it succeeds, or fails otherwise. */
export async function problemFrom(call: Promise<unknown>): Promise<Problem> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('There was no problem.');
}
