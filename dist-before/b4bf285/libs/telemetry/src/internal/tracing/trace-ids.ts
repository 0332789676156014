import { randomFillSync } from 'node:crypto';

// One call of the system's generator for many ids: a call for each would cost more than the rest of a span.
const pool = Buffer.alloc(4096);
let at = pool.length;

function hex(bytes: number): string {
  if (at + bytes > pool.length) {
    randomFillSync(pool);
    at = 0;
  }
  const text = pool.toString('hex', at, at + bytes);
  at += bytes;
  return text;
}

export function newTraceId(): string {
  return hex(16);
}

export function newSpanId(): string {
  return hex(8);
}
