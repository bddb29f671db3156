import { Readable } from 'node:stream';
import { expect } from 'chai';
import { serialize } from 'bson';
import { ArchiveDamaged, readArchive } from '../../scripts/db/archive-reader.ts';
import { writeArchive } from '../../scripts/db/archive-writer.ts';
import { Crc64 } from '../../scripts/db/crc64.ts';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const END = bytes('ff ff ff ff');

/** `{_id: <int32>}` for 1, 2 and 3. */
const one = bytes('0e000000 10 5f696400 01000000 00');
const two = bytes('0e000000 10 5f696400 02000000 00');
const three = bytes('0e000000 10 5f696400 03000000 00');

/** `{db: "d", collection: <letter>, EOF: <flag>, CRC: <int64>}`. */
function block(letter: string, isEnd: boolean, checksum: string): Buffer {
  return Buffer.concat([
    bytes('34000000'),
    bytes('02 646200 02000000 6400'),
    bytes('02 636f6c6c656374696f6e00 02000000'),
    Buffer.from(`${letter}\0`),
    bytes('08 454f4600'),
    bytes(isEnd ? '01' : '00'),
    bytes('12 43524300'),
    bytes(checksum),
    bytes('00'),
  ]);
}

const begin = (letter: string) => block(letter, false, '0000000000000000');
// Reckoned bit by bit, apart from this project's code: CRC-64/XZ of one + two, and of three.
const endOfA = block('a', true, '7d2ee49e24dd510f');
const endOfB = block('b', true, '4219cc0d838fb04b');

const text = (value: string) => {
  const length = Buffer.alloc(4);
  length.writeInt32LE(value.length + 1);
  return Buffer.concat([length, Buffer.from(`${value}\0`)]);
};

function framed(...elements: Buffer[]): Buffer {
  const body = Buffer.concat([...elements, bytes('00')]);
  const length = Buffer.alloc(4);
  length.writeInt32LE(body.length + 4);
  return Buffer.concat([length, body]);
}

const field = (type: string, name: string, value: Buffer) =>
  Buffer.concat([bytes(type), Buffer.from(`${name}\0`), value]);

const header = framed(
  field('10', 'concurrent_collections', bytes('01000000')),
  field('02', 'version', text('0.1')),
  field('02', 'server_version', text('7.0.14')),
  field('02', 'tool_version', text('100.9.4')),
);

const description = (letter: string) =>
  framed(
    field('02', 'db', text('d')),
    field('02', 'collection', text(letter)),
    field('02', 'metadata', text('{"indexes":[]}')),
    field('10', 'size', bytes('00000000')),
    field('02', 'type', text('collection')),
  );

const prelude = Buffer.concat([bytes('6de29981'), header, description('a'), description('b'), END]);

/** As mongodump writes two collections at the same time. */
const interleaved = Buffer.concat([
  prelude,
  Buffer.concat([begin('a'), one, END]),
  Buffer.concat([begin('b'), three, END, endOfB, END]),
  Buffer.concat([begin('a'), two, END, endOfA, END]),
]);

const oneAfterTheOther = Buffer.concat([
  prelude,
  Buffer.concat([begin('a'), one, two, END, endOfA, END]),
  Buffer.concat([begin('b'), three, END, endOfB, END]),
]);

function inPieces(archive: Buffer, size: number): Readable {
  const starts = Array.from({ length: Math.ceil(archive.length / size) }, (_, i) => i * size);
  return Readable.from(starts.map((at) => archive.subarray(at, at + size)));
}

async function contentOf(archive: Buffer, pieces = 1000) {
  const { collections, batches } = await readArchive(inPieces(archive, pieces));
  const documents: Record<string, Buffer[]> = {};
  for await (const batch of batches) (documents[batch.namespace] ??= []).push(...batch.documents);
  return { collections, documents };
}

const faultOf = async (archive: Buffer) => {
  try {
    await contentOf(archive);
    return '';
  } catch (error) {
    if (!(error instanceof ArchiveDamaged)) throw error;
    return error.message;
  }
};

describe('An archive of mongodump', () => {
  it('has the checksum that its format names', () => {
    const crc = new Crc64();
    crc.add(Buffer.from('1234'));
    crc.add(Buffer.from('56789'));
    expect(BigInt.asUintN(64, crc.value.toBigInt())).to.equal(0x995dc9bbdf1939fan);
  });

  it('is read, whatever the pieces in which it comes', async () => {
    for (const pieces of [1, 3, 64, 10_000]) {
      const { collections, documents } = await contentOf(interleaved, pieces);
      expect(documents).to.deep.equal({ 'd.a': [one, two], 'd.b': [three] });
      expect(collections.map(({ collection }) => collection)).to.deep.equal(['a', 'b']);
      expect(collections[0]).to.include({
        db: 'd',
        metadata: '{"indexes":[]}',
        type: 'collection',
      });
    }
  });

  it('is written byte for byte as the format says', async () => {
    const batches = (...documents: Buffer[][]) => Readable.from(documents);
    const described = (collection: string) => ({
      db: 'd',
      collection,
      metadata: '{"indexes":[]}',
      size: 0,
      type: 'collection',
    });
    const pieces: Buffer[] = [];
    const written = writeArchive({ server: '7.0.14', tool: '100.9.4' }, [
      { description: described('a'), batches: batches([one], [two]) },
      { description: described('b'), batches: batches([three]) },
    ]);
    for await (const piece of written) pieces.push(piece);
    expect(Buffer.concat(pieces).toString('hex')).to.equal(oneAfterTheOther.toString('hex'));
  });

  it('is refused when any part of its end is missing', async () => {
    for (let length = 0; length < interleaved.length; length++)
      expect(await faultOf(interleaved.subarray(0, length)), `${length} bytes`).not.to.equal('');
    expect(await faultOf(interleaved)).to.equal('');
  });

  it('is refused when a single bit of a document or of a block is wrong', async () => {
    for (let at = prelude.length; at < interleaved.length; at++)
      for (let bit = 0; bit < 8; bit++) {
        const damaged = Buffer.from(interleaved);
        damaged[at]! ^= 1 << bit;
        expect(await faultOf(damaged), `bit ${bit} of byte ${at}`).not.to.equal('');
      }
  });

  it('is refused when it is of another format, or none', async () => {
    const other = framed(field('02', 'version', text('9.9')));
    expect(await faultOf(Buffer.concat([bytes('6de29981'), other, END]))).to.include('9.9');
    expect(await faultOf(Buffer.alloc(0))).to.include('does not begin');
    expect(await faultOf(Buffer.from(serialize({ a: 1 })))).to.include('does not begin');
  });

  it('is refused when documents stand where none can be', async () => {
    const begun = Buffer.concat([begin('a'), one, two, END]);
    for (const [blocks, fault] of [
      [Buffer.concat([begun, endOfA, one, END]), 'goes on after its end'],
      [Buffer.concat([begun, endOfA, END, begin('a'), END]), 'where none can be'],
      [Buffer.concat([begun, END]), 'no header'],
      [begin('c'), 'where none can be'],
    ] as const)
      expect(await faultOf(Buffer.concat([prelude, blocks]))).to.include(fault);
  });
});
