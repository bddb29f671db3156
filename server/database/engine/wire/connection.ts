import type { Login } from '../auth/login.ts';

/** Where a command comes from. */
export interface Connection {
  id: number;
  /** Where it has reached the engine. */
  address: string;
  /** Undefined on the unix socket: there the file system says who may connect. */
  login: Login | undefined;
}

/** Whether its commands may be run: its login is done, or none is needed. */
export function isTrusted({ login }: Connection): boolean {
  return login?.isDone ?? true;
}
