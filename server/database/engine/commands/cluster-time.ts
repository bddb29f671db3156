import { Binary, Long, serialize, Timestamp } from 'bson';
import { CommandError } from '../errors.ts';
import { isDocument, type Document } from '../values/kinds.ts';
import { withElements } from '../wire/cursor-reply.ts';

/** How far a client may move the clock on, as on the server: a year. */
const MOST_AHEAD_SECONDS = 365 * 86_400;
/** What a server without keys signs with. */
const SIGNATURE = { hash: new Binary(Buffer.alloc(20)), keyId: Long.ZERO };

/** The logical clock of a replica set: clients carry its time from one command to the next. */
export class ClusterClock {
  private time = timeAt(Date.now());
  private stamp: { time: bigint; fields: Document; bytes: Buffer } | undefined;

  get now(): Timestamp {
    return new Timestamp(this.time);
  }

  /** Moves on for something that happened; never back, also when the machine's clock is set back. */
  tick(): Timestamp {
    const wall = timeAt(Date.now());
    this.time = wall > this.time ? wall : this.time + 1n;
    return this.now;
  }

  /** Takes over the time that a client brings, which may be of before a restart. Throws 205. */
  learn(gossip: unknown): void {
    if (!isDocument(gossip)) return;
    const { clusterTime } = gossip;
    if (!(clusterTime instanceof Timestamp))
      throw new CommandError(14, '$clusterTime needs a clusterTime');
    const time = clusterTime.toBigInt();
    if (time > timeAt(Date.now() + MOST_AHEAD_SECONDS * 1000))
      throw new CommandError(205, "New cluster time is too far from this node's wall clock time");
    if (time > this.time) this.time = time;
  }

  /** The reply with the times that every reply of a replica set ends with. */
  stamped(reply: Document | Buffer): Document | Buffer {
    if (this.stamp?.time !== this.time) {
      const fields = {
        $clusterTime: { clusterTime: this.now, signature: SIGNATURE },
        operationTime: this.now,
      };
      const bytes = Buffer.from(serialize(fields));
      this.stamp = { time: this.time, fields, bytes };
    }
    const { fields, bytes } = this.stamp;
    return Buffer.isBuffer(reply) ? withElements(reply, bytes) : { ...reply, ...fields };
  }
}

export function textOf(time: Timestamp): string {
  return `Timestamp(${time.t}, ${time.i})`;
}

function timeAt(milliseconds: number): bigint {
  return (BigInt(Math.floor(milliseconds / 1000)) << 32n) | 1n;
}
