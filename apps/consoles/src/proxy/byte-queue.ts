import type { Duplex } from 'node:stream';

/** Reads a stream in pieces of a known length, and gives it back as it was with what was not read. */
export class ByteQueue {
  readonly #stream: Duplex;

  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  /** Rejects when the stream ends before. */
  async take(length: number): Promise<Buffer> {
    for (;;) {
      const chunk = this.#stream.read(length) as Buffer | null;
      if (chunk !== null && chunk.length === length) return chunk;
      if (chunk !== null) this.#stream.unshift(chunk);
      if (this.#stream.readableEnded || this.#stream.destroyed || chunk !== null) {
        throw new Error('the other side has ended');
      }
      await new Promise<void>((resolve) => {
        const go = (): void => {
          for (const event of EVENTS) this.#stream.off(event, go);
          resolve();
        };
        for (const event of EVENTS) this.#stream.once(event, go);
      });
    }
  }

  write(bytes: Buffer | string): void {
    this.#stream.write(bytes);
  }
}

const EVENTS = ['readable', 'end', 'close', 'error'] as const;
