import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { Fault } from '../../edge/errors/fault.js';

/** For how long the rest of a refused body is read, so that its sender comes to see the answer. */
const DRAIN_MS = 60_000;

/** The chunks of a request's body. Throws Fault 408 when none comes for `idleMs`; the body is left open. */
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
 * Reads what is left of a body and throws it away: a client that is still sending looks for the answer when it has sent
 * all. A long rest is cut off.
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

/** Ends a connection that has taken no byte of its answer for `idleMs`. Call what comes back when it is over. */
export function watchProgress(socket: Socket, idleMs: number): () => void {
  let written = socket.bytesWritten;
  const timer = setInterval(() => {
    // What the kernel has not taken is still in the socket's own queue.
    const taken = socket.bytesWritten - socket.writableLength;
    if (taken === written) socket.destroy();
    written = taken;
  }, idleMs);
  timer.unref();
  return () => clearInterval(timer);
}
