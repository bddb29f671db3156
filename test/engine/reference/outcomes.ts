/** The server refuses with this code. */
export class Refused extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`Refused with ${code}`);
    this.code = code;
  }
}

/** The reference does not know what the server does. */
export class Unknown extends Error {}
