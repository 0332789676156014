import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { Fault } from '../../edge/errors/fault.js';

/** How long the rest of a refused body is read, so that its sender receives the response. */
const DRAIN_MS = 60_000;

/** The chunks of a request's body. Throws Fault 408 when none arrives for `idleMs`; the body is left open. */
export async function* withIdleLimit(body: Readable, idleMs: number): AsyncGenerator<Uint8Array> {
  const chunks = body.iterator({ destroyOnReturn: false });
  let timer: NodeJS.Timeout | undefined;
  try {
    for (;;) {
      const silence = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(tooSlow(idleMs)), idleMs);
      });
      const { done, value } = await Promise.race([chunks.next(), silence]);
      clearTimeout(timer);
      if (done === true) return;
      yield value;
    }
  } finally {
    clearTimeout(timer);
  }
}

function tooSlow(idleMs: number): Fault {
  return new Fault(408, `No data came for ${idleMs / 1000} seconds.`, { code: 'RequestTimeout' });
}

/**
 * Reads the rest of a body and discards it: a client that is still sending reads the response only after it has sent
 * everything. A long rest is cut off.
 */
export function drain(message: IncomingMessage): void {
  if (message.complete || message.destroyed) return;
  const timer = setTimeout(() => message.destroy(), DRAIN_MS);
  timer.unref();
  message.once('close', () => clearTimeout(timer));
  message.once('end', () => clearTimeout(timer));
  message.on('error', () => undefined);
  message.resume();
}

/**
 * Closes a connection that has received no byte of its response for `idleMs`. Call the returned function when the
 * response is complete.
 */
export function watchProgress(socket: Socket, idleMs: number): () => void {
  let written = socket.bytesWritten;
  const timer = setInterval(() => {
    // Data that the kernel has not accepted is still in the socket's own queue.
    const taken = socket.bytesWritten - socket.writableLength;
    if (taken === written) socket.destroy();
    written = taken;
  }, idleMs);
  timer.unref();
  return () => clearInterval(timer);
}
