import { Long, serialize, type Timestamp } from 'bson';

const OK = Buffer.from([1, 0x6f, 0x6b, 0, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
const END = Buffer.from([0]);

/** `{cursor: {<batchName>: documents, id, ns}, ok: 1}` put together from stored bytes, without decoding them. */
export function cursorReply(
  batchName: 'firstBatch' | 'nextBatch',
  documents: readonly Buffer[],
  id: bigint,
  namespace: string,
  atClusterTime?: Timestamp,
): Buffer {
  const elements: Buffer[] = [];
  for (const [i, document] of documents.entries())
    elements.push(Buffer.from(`\x03${i}\0`, 'latin1'), document);
  const batch = container(elements);
  const fields = {
    id: Long.fromBigInt(id),
    ns: namespace,
    ...(atClusterTime && { atClusterTime }),
  };
  const rest = Buffer.from(serialize(fields)).subarray(4, -1);
  const cursor = container([Buffer.from(`\x04${batchName}\0`, 'latin1'), ...batch, rest]);
  return Buffer.concat(container([Buffer.from('\x03cursor\0', 'latin1'), ...cursor, OK]));
}

/** A BSON document with the elements of another one after its own. */
export function withElements(document: Buffer, more: Buffer): Buffer {
  const whole = Buffer.concat([document.subarray(0, -1), more.subarray(4)]);
  whole.writeInt32LE(whole.length);
  return whole;
}

/** A BSON document or array around elements: its length before, a zero after. */
function container(elements: Buffer[]): Buffer[] {
  const length = Buffer.alloc(4);
  length.writeInt32LE(elements.reduce((total, element) => total + element.length, 5));
  return [length, ...elements, END];
}
