import { Worker } from 'node:worker_threads';
import type { Exchange } from './raw-exchange.js';

/** What the thread is begun with. */
export interface ThreadData {
  /** Null: in memory. */
  readonly directory: string | null;
}

export type ThreadQuestion = Uint8Array | 'close';
export type ThreadAnswer = 'open' | { readonly bytes: Uint8Array | null } | { readonly error: Error };

interface Waiting {
  readonly resolve: (bytes: Uint8Array | null) => void;
  readonly reject: (error: Error) => void;
}

/**
 * PGlite in a thread of its own: it computes while this one loads the rest of the process or answers others. It keeps the
 * process alive only while somebody waits for it. When it ends by itself (a PANIC of the database), so does the process.
 */
export class PgliteThread {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #isOver = false;

  private constructor(directory: string | null) {
    const workerData: ThreadData = { directory };
    this.#worker = new Worker(new URL('./thread-program.js', import.meta.url), { workerData });
  }

  /** Resolves when the database answers. Rejects with what PGlite throws. */
  static async open(directory: string | null): Promise<PgliteThread> {
    const thread = new PgliteThread(directory);
    await thread.#untilOpen();
    return thread;
  }

  readonly exchange: Exchange = (message) =>
    new Promise((resolve, reject) => {
      if (this.#isOver) return reject(new Error('the embedded database has ended'));
      this.#waiting.push({ resolve, reject });
      this.#worker.ref();
      // Copied: what pg hands over may be a part of a larger buffer that it uses again.
      this.#worker.postMessage(message);
    });

  /** After the last answer. */
  async close(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    const worker = this.#worker;
    worker.ref();
    await new Promise<void>((resolve) => {
      worker.once('exit', () => resolve());
      worker.postMessage('close');
    });
  }

  #untilOpen(): Promise<void> {
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      const ended = (code: number): void => reject(new Error(`the embedded database ended with ${code} at its start`));
      worker.once('error', reject);
      worker.once('exit', ended);
      worker.once('message', () => {
        worker.off('error', reject);
        worker.off('exit', ended);
        worker.on('message', (answer: ThreadAnswer) => this.#take(answer));
        worker.on('error', (error) => this.#lose(error));
        worker.on('exit', (code) => this.#lose(new Error(`the embedded database ended with ${code}`)));
        worker.unref();
        resolve();
      });
    });
  }

  #take(answer: ThreadAnswer): void {
    const next = this.#waiting.shift();
    if (this.#waiting.length === 0 && !this.#isOver) this.#worker.unref();
    if (next === undefined || answer === 'open') return;
    if ('error' in answer) next.reject(answer.error);
    else next.resolve(answer.bytes);
  }

  #lose(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
    // Nothing that this process serves can go on without it: the launcher replaces the process.
    setImmediate(() => {
      throw error;
    });
  }
}
