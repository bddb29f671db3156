type Value = string | number | Uint32 | Value[] | { [key: string]: Value };
class Uint32 {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

const KIND = { text: 2, uint16: 5, uint32: 6, map: 7, list: 11 } as const;

/** Lengths below 29 only, which is all that a test needs. */
function head(kind: number, length: number): Buffer {
  return kind > 7 ? Buffer.from([length, kind - 7]) : Buffer.from([(kind << 5) | length]);
}

/** A value as a MaxMind DB file writes it (MaxMind DB file format specification 2.0). */
function encode(value: Value): Buffer {
  if (typeof value === 'string') {
    const text = Buffer.from(value);
    return Buffer.concat([head(KIND.text, text.length), text]);
  }
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(2);
    bytes.writeUInt16BE(value);
    return Buffer.concat([head(KIND.uint16, 2), bytes]);
  }
  if (value instanceof Uint32) {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value.value);
    return Buffer.concat([head(KIND.uint32, 4), bytes]);
  }
  if (Array.isArray(value))
    return Buffer.concat([head(KIND.list, value.length), ...value.map(encode)]);
  const members = Object.entries(value);
  return Buffer.concat([
    head(KIND.map, members.length),
    ...members.flatMap(([key, inner]) => [encode(key), encode(inner)]),
  ]);
}

const bitsOf = (network: string): number[] => {
  const [address = '', length] = network.split('/');
  const bits = address
    .split('.')
    .flatMap((byte) => Number(byte).toString(2).padStart(8, '0').split(''));
  return bits.slice(0, Number(length)).map(Number);
};

/** A MaxMind DB file of IPv4 networks: `{ '203.0.113.0/24': 'US-CA' }`. */
export function anMmdbFile(regions: Record<string, string>): Buffer {
  type Branch = number | null;
  /** A number from 0 is a node, one below an entry of the data. */
  const nodes: [Branch, Branch][] = [[null, null]];
  const places = [...new Set(Object.values(regions))];
  const data = places.map((place) => {
    const [country = '', subdivision] = place.split('-');
    return encode({
      country: { iso_code: country },
      ...(subdivision !== undefined && { subdivisions: [{ iso_code: subdivision }] }),
    });
  });
  for (const [network, place] of Object.entries(regions)) {
    const bits = bitsOf(network);
    let at = 0;
    bits.forEach((bit, depth) => {
      const node = nodes[at]!;
      if (depth === bits.length - 1) {
        node[bit] = -1 - places.indexOf(place);
        return;
      }
      node[bit] ??= nodes.push([null, null]) - 1;
      at = node[bit];
    });
  }
  const offsets = data.map((_, index) =>
    data.slice(0, index).reduce((sum, { length }) => sum + length, 0),
  );
  const record = (branch: Branch) => {
    const bytes = Buffer.alloc(4);
    const isEntry = branch !== null && branch < 0;
    // 16 zeros lie between tree and data.
    const entry = isEntry ? nodes.length + 16 + offsets[-1 - branch]! : (branch ?? nodes.length);
    bytes.writeUInt32BE(entry);
    return bytes;
  };
  return Buffer.concat([
    ...nodes.flat().map(record),
    Buffer.alloc(16),
    ...data,
    Buffer.from('abcdef', 'hex'),
    Buffer.from('MaxMind.com'),
    encode({
      node_count: new Uint32(nodes.length),
      record_size: 32,
      ip_version: 4,
      database_type: 'Test-City',
      binary_format_major_version: 2,
      binary_format_minor_version: 0,
    }),
  ]);
}
