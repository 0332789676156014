import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LoadRequest } from './contender.js';

export interface LoadOrder {
  readonly request: LoadRequest;
  readonly connections: number;
  readonly warmUpConnections: number;
  /** The warm-up ends with the first of the two. */
  readonly warmUpMs: number;
  readonly warmUpRequests: number;
  readonly measuredMs: number;
  /** Fewer than time allows. */
  readonly requests?: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Size of an answer's body. */
  readonly bytes: number;
  /** The generator's own, for the measured requests. */
  readonly cpuMs: number;
}

const program = fileURLToPath(new URL('load-process.js', import.meta.url));

/** Sends the load; `onMeasuring` is called after the warm-up and before the first request that counts. */
export function load(order: LoadOrder, onMeasuring: () => Promise<void>): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const child = fork(program);
    let result: LoadResult | undefined;
    child.on('message', (message) => {
      if (message !== 'measuring') {
        result = message as LoadResult;
        return;
      }
      onMeasuring().then(() => child.send('go'), reject);
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      if (result === undefined) reject(new Error(`the load generator ended with ${code} and no result`));
      else resolve(result);
    });
    child.send(order);
  });
}
