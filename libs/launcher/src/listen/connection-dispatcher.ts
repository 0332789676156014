import type { Socket } from 'node:net';

/** The target of connections: a worker process, as far as the dispatcher needs to know it. */
export interface ConnectionTaker {
  /** How many connections it was given and has not yet taken over. */
  readonly untaken: number;
  give(service: string, socket: Socket): void;
}

interface Waiting {
  readonly socket: Socket;
  readonly sinceMs: number;
}

const maxWaiting = 1024;
const maxWaitMs = 30_000;
const refusal = 'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/**
 * Distributes the connections of one listener to the ready workers in turn; a worker that has not yet taken over its
 * last connection is skipped if another one has. While no worker is ready, connections wait, unread, up to 1024 of them
 * and 30 s each; beyond that they are answered 503, so that nothing hangs.
 */
export class ConnectionDispatcher {
  readonly service: string;
  readonly #plainHttp: boolean;
  readonly #takers: ConnectionTaker[] = [];
  readonly #waiting: Waiting[] = [];
  #turn = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(service: string, plainHttp: boolean) {
    this.service = service;
    this.#plainHttp = plainHttp;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  add(taker: ConnectionTaker): void {
    if (!this.#takers.includes(taker)) this.#takers.push(taker);
    for (const { socket } of this.#waiting.splice(0)) this.dispatch(socket);
  }

  remove(taker: ConnectionTaker): void {
    const at = this.#takers.indexOf(taker);
    if (at >= 0) this.#takers.splice(at, 1);
  }

  dispatch(socket: Socket): void {
    const taker = this.#next();
    if (taker !== undefined) taker.give(this.service, socket);
    else this.#hold(socket);
  }

  /** Refuses waiting connections; for the end of the process. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { socket } of this.#waiting.splice(0)) this.#refuse(socket);
  }

  #next(): ConnectionTaker | undefined {
    const count = this.#takers.length;
    let best: ConnectionTaker | undefined;
    let bestStep = 0;
    for (let step = 0; step < count; step += 1) {
      const taker = this.#takers[(this.#turn + step) % count];
      if (taker !== undefined && (best === undefined || taker.untaken < best.untaken)) {
        best = taker;
        bestStep = step;
      }
    }
    this.#turn = count === 0 ? 0 : (this.#turn + bestStep + 1) % count;
    return best;
  }

  #hold(socket: Socket): void {
    if (this.#waiting.length >= maxWaiting) {
      this.#refuse(socket);
      return;
    }
    this.#waiting.push({ socket, sinceMs: performance.now() });
    this.#timer ??= setTimeout(() => this.#refuseOld(), maxWaitMs);
  }

  #refuseOld(): void {
    const limit = performance.now() - maxWaitMs;
    while (this.#waiting[0] !== undefined && this.#waiting[0].sinceMs <= limit) {
      const old = this.#waiting.shift();
      if (old !== undefined) this.#refuse(old.socket);
    }
    const first = this.#waiting[0];
    this.#timer = first === undefined ? undefined : setTimeout(() => this.#refuseOld(), first.sinceMs - limit);
  }

  #refuse(socket: Socket): void {
    if (!this.#plainHttp) {
      socket.destroy();
      return;
    }
    // The request must be read, or the kernel answers the close with a reset that can overtake the 503.
    socket.resume();
    socket.end(refusal);
    socket.setTimeout(1000, () => socket.destroy());
    socket.once('end', () => socket.destroy());
  }
}
