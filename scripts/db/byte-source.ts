/** Takes exact numbers of bytes from chunks of whatever size. */
export class ByteSource {
  private readonly chunks: AsyncIterator<Buffer>;
  private held: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>) {
    this.chunks = chunks[Symbol.asyncIterator]();
  }

  /** Undefined when the source ends before it gave that many. */
  async peek(length: number): Promise<Buffer | undefined> {
    if (this.held.length < length && !(await this.fill(length))) return undefined;
    return this.held.subarray(0, length);
  }

  async take(length: number): Promise<Buffer | undefined> {
    const bytes = await this.peek(length);
    if (bytes) this.held = this.held.subarray(length);
    return bytes;
  }

  private async fill(length: number): Promise<boolean> {
    const parts: Buffer[] = [this.held];
    let total = this.held.length;
    while (total < length) {
      const next = await this.chunks.next();
      if (next.done === true) break;
      parts.push(next.value);
      total += next.value.length;
    }
    this.held = Buffer.concat(parts);
    return total >= length;
  }
}
