import type { Socket } from 'node:net';

/** Reads a stream in pieces of a known length; rejects when it ends before. */
export class ByteReader {
  readonly #socket: Socket;
  #held: Buffer = Buffer.alloc(0);
  #wake: () => void = () => undefined;
  #isOver = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
      // Nobody may fill the memory with what has not been read yet.
      if (this.#held.length > 65_536) socket.pause();
      this.#wake();
    });
    const end = (): void => {
      this.#isOver = true;
      this.#wake();
    };
    socket.on('end', end).on('close', end).on('error', end);
  }

  async take(length: number): Promise<Buffer> {
    while (this.#held.length < length) {
      if (this.#isOver) throw new Error('the other side has ended');
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const taken = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    if (this.#held.length <= 65_536) this.#socket.resume();
    return taken;
  }
}
