import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { requestName } from '#libs/telemetry';

/** A draining worker closes a connection that has been idle for this long: it belongs to no busy client. */
export const quietMs = 500;
/**
 * A client that has connected is about to send a request: if slow or short of CPU, it may need this long for the first
 * one.
 */
export const firstRequestMs = 3000;
/** A client that has sent a second request on a connection will probably send another, even after a short delay. */
const inUseMs = 2000;
const mostMs = 5000;
const fading = 0.75;

/**
 * For how long a draining worker leaves a connection open after its last response, so that closing does not race with
 * the client's next request (which is answered, with `Connection: close`): twice the client's recent pause before a
 * request, within 0.5 and 5 s, and at least 2 s once the client has sent a second request. A client that pauses longer
 * is not waited for.
 * @param beforeMs the previous value; undefined = this is the first request
 */
export function patience(pauseMs: number, beforeMs: number | undefined): number {
  const wantedMs = pauseMs * 2;
  if (wantedMs > mostMs) return quietMs;
  return beforeMs === undefined ? Math.max(quietMs, wantedMs) : Math.max(inUseMs, wantedMs, beforeMs * fading);
}

/** A request that has not been answered completely, for the state report. */
export interface OpenRequest {
  readonly method: string;
  /** Without the query, which may contain secrets. */
  readonly path: string;
  /** The id that the service gave it. */
  readonly requestId: string | undefined;
  readonly sinceMs: number;
}

interface OpenConnection {
  /** Number of requests in flight. */
  requests: number;
  quietSinceMs: number;
  /** See `patience`; undefined before its first request. */
  patienceMs: number | undefined;
}

/**
 * The connections of one HTTP server in a worker, which come from the parent and not from a listening socket. It tracks
 * the requests in flight, and drains the server without failing a request.
 */
export class ConnectionGate {
  readonly #server: HttpServer | HttpsServer;
  readonly #connections = new Map<Socket, OpenConnection>();
  readonly #open = new Map<ServerResponse, number>();
  #draining = false;
  #closing = false;
  #timer: NodeJS.Timeout | undefined;
  #emptied: (() => void)[] = [];

  constructor(server: HttpServer | HttpsServer) {
    this.#server = server;
    // TLS servers emit the plain socket as `connection`, and the socket that requests refer to as `secureConnection`.
    const event = 'setSecureContext' in server ? 'secureConnection' : 'connection';
    server.prependListener(event, (socket: Socket) => this.#opened(socket));
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) =>
      this.#requested(request, response),
    );
    // The server never listens, but its timers for slow headers and requests start with this event only.
    server.emit('listening');
  }

  get inFlight(): number {
    return this.#open.size;
  }

  get openRequests(): readonly OpenRequest[] {
    return [...this.#open].map(([{ req: request }, sinceMs]) => ({
      method: request.method ?? '',
      path: (request.url ?? '').split('?', 1)[0] ?? '',
      requestId: requestName(request),
      sinceMs,
    }));
  }

  get connections(): number {
    return this.#connections.size;
  }

  receive(socket: Socket): void {
    this.#server.emit('connection', socket);
  }

  /** From now on responses tell the client to close the connection. */
  drain(): void {
    this.#draining = true;
    for (const response of this.#open.keys()) this.#sayClose(response);
  }

  /** Settles when the last request is answered and the last connection closed. */
  close(): Promise<void> {
    this.drain();
    this.#closing = true;
    this.#lookIn(0);
    if (this.#connections.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#emptied.push(resolve));
  }

  /** Destroys the remaining connections. */
  destroy(): void {
    clearTimeout(this.#timer);
    for (const socket of this.#connections.keys()) socket.destroy();
  }

  #opened(socket: Socket): void {
    this.#connections.set(socket, { requests: 0, quietSinceMs: performance.now(), patienceMs: undefined });
    socket.once('close', () => {
      this.#connections.delete(socket);
      if (this.#connections.size > 0) return;
      clearTimeout(this.#timer);
      this.#timer = undefined;
      const waiting = this.#emptied;
      this.#emptied = [];
      for (const resolve of waiting) resolve();
    });
    if (this.#closing) this.#lookIn(quietMs);
  }

  #requested(request: IncomingMessage, response: ServerResponse): void {
    const connection = this.#connections.get(request.socket);
    if (connection !== undefined) {
      if (connection.requests === 0) {
        connection.patienceMs = patience(performance.now() - connection.quietSinceMs, connection.patienceMs);
      }
      connection.requests += 1;
    }
    this.#open.set(response, performance.now());
    if (this.#draining) this.#sayClose(response);
    response.once('close', () => {
      this.#open.delete(response);
      if (connection === undefined) return;
      connection.requests -= 1;
      connection.quietSinceMs = performance.now();
      if (this.#closing) this.#lookIn(quietMs);
    });
  }

  #sayClose(response: ServerResponse): void {
    if (!response.headersSent) response.setHeader('Connection', 'close');
  }

  /**
   * Checks for idle connections in `delayMs`. After a stall of this process a request may have arrived and not been
   * read: timers run before the sockets are polled, so two rounds of the event loop pass before a connection counts as
   * idle.
   */
  #lookIn(delayMs: number): void {
    this.#timer ??= setTimeout(() => {
      setImmediate(() =>
        setImmediate(() => {
          this.#timer = undefined;
          this.#closeQuiet();
        }),
      );
    }, Math.ceil(delayMs));
  }

  #closeQuiet(): void {
    const now = performance.now();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const [socket, { requests, quietSinceMs, patienceMs }] of this.#connections) {
      if (requests > 0) continue;
      const restMs = quietSinceMs + (patienceMs ?? firstRequestMs) - now;
      if (restMs <= 0) socket.destroySoon();
      else nextMs = Math.min(nextMs, restMs);
    }
    if (nextMs !== Number.POSITIVE_INFINITY) this.#lookIn(nextMs);
  }
}
