import { Long } from 'bson';

/** The ECMA-182 polynomial, bits reversed, as two halves: arithmetic on 64 bits is far slower here. */
const HIGH = 0xc96c5795;
const LOW = 0xd7870f42;

const highs = new Int32Array(256);
const lows = new Int32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let high = 0;
  let low = byte;
  for (let bit = 0; bit < 8; bit++) {
    const isOdd = (low & 1) === 1;
    low = (low >>> 1) | (high << 31);
    high >>>= 1;
    if (isOdd) {
      low ^= LOW;
      high ^= HIGH;
    }
  }
  highs[byte] = high;
  lows[byte] = low;
}

/** CRC-64/XZ, added up piece by piece. */
export class Crc64 {
  private high = -1;
  private low = -1;

  add(bytes: Buffer): void {
    let { high, low } = this;
    for (const byte of bytes) {
      const at = (low ^ byte) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ (lows[at] ?? 0);
      high = (high >>> 8) ^ (highs[at] ?? 0);
    }
    this.high = high;
    this.low = low;
  }

  get value(): Long {
    return new Long(~this.low, ~this.high);
  }
}
