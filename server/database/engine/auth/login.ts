import { Binary } from 'bson';
import { CommandError, wrongType } from '../errors.ts';
import { binaryBytes } from '../values/compare.ts';
import { isDocument, isNumeric, type Document } from '../values/kinds.ts';
import { toNumber } from '../values/numbers.ts';
import { authenticationFailed, Exchange, type Verifier } from './scram.ts';

const MECHANISM = 'SCRAM-SHA-256';
/** Each connection has one conversation at a time, so one number does. */
const CONVERSATION_ID = 1;

/** How far a connection has come in proving that it knows the password. */
export class Login {
  isDone = false;
  readonly userName: string;
  private readonly verifier: Verifier;
  private exchange: Exchange | undefined;
  private isProved = false;
  private skipsEmptyExchange = false;

  constructor(verifier: Verifier) {
    this.verifier = verifier;
    this.userName = verifier.userName;
  }

  /** What hello tells a client that asks how a user may authenticate. */
  mechanismsOf(user: unknown): string[] | undefined {
    return user === `admin.${this.userName}` ? [MECHANISM] : undefined;
  }

  /** saslStart. Throws 334 for another mechanism, 18 for another user. */
  start({ mechanism, payload, options }: Document, databaseName: unknown): Document {
    if (mechanism !== MECHANISM)
      throw new CommandError(
        334,
        `Received authentication for mechanism ${String(mechanism)} which is unknown or not enabled`,
      );
    if (databaseName !== 'admin') throw authenticationFailed();
    const exchange = new Exchange(this.verifier);
    const challenge = exchange.challenge(textOf(payload));
    this.exchange = exchange;
    this.isProved = false;
    this.skipsEmptyExchange = isDocument(options) && options.skipEmptyExchange === true;
    return stepOf(challenge, false);
  }

  /** saslContinue. Throws 17 without a saslStart before it, 18 when the proof is wrong. */
  continue({ conversationId, payload }: Document): Document {
    const { exchange } = this;
    // Whatever goes wrong from here on, the client has to begin again.
    this.exchange = undefined;
    if (!exchange) throw new CommandError(17, 'No SASL session state found');
    if (!isNumeric(conversationId) || toNumber(conversationId) !== CONVERSATION_ID)
      throw new CommandError(17, 'sasl: Mismatched conversation id');
    const signature = this.isProved ? '' : exchange.prove(textOf(payload));
    this.isDone = this.isProved || this.skipsEmptyExchange;
    if (!this.isDone) this.exchange = exchange;
    this.isProved = true;
    return stepOf(signature, this.isDone);
  }

  /** Makes the connection a stranger's again. */
  forget(): void {
    this.isDone = false;
    this.exchange = undefined;
  }
}

function textOf(payload: unknown): string {
  if (!(payload instanceof Binary)) throw wrongType('payload', payload, 'binData');
  return binaryBytes(payload).toString();
}

function stepOf(payload: string, isDone: boolean): Document {
  return {
    conversationId: CONVERSATION_ID,
    done: isDone,
    payload: new Binary(Buffer.from(payload)),
    ok: 1,
  };
}
