import type { IncomingMessage, Server, IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ServerOptions, WebSocket } from 'ws';
import { createWebSocketStream, WebSocketServer } from 'ws';
import type { ConsoleAccessData, ConsoleType } from '#libs/contracts';
import { ExpectedError } from '#libs/contracts';
import { getLogger } from '#libs/telemetry';
import type { RfbSecurity } from './rfb-security.js';
import { secureRfb } from './rfb-security.js';

/** The values with which an origin is compared. */
interface ExpectedOrigin {
  /** `[console] allowed_origins`. */
  readonly allowed: readonly string[];
  /** The beginning of this console's URLs. */
  readonly accessUrlBase: string;
}

/** WebSockets must be as secure as their pages. */
const PAGE_SCHEMES: Readonly<Record<string, readonly string[]>> = { 'ws:': ['ws', 'http'], 'wss:': ['wss', 'https'] };

/**
 * The fault of a request's origin, undefined if there is none: its host must be that of the request or an allowed one,
 * its scheme (or that of X-Forwarded-Proto) that of the console's URLs. A request without an origin does not come from
 * a browser. As nova.console.websocketproxy.
 */
export function originFault(
  headers: IncomingHttpHeaders,
  { allowed, accessUrlBase }: ExpectedOrigin,
): string | undefined {
  const { origin, host } = headers;
  if (origin === undefined) return undefined;
  const url = parsed(origin);
  const forwarded = headers['x-forwarded-proto'];
  const scheme = typeof forwarded === 'string' ? forwarded : url?.protocol.slice(0, -1);
  if (url === null || url.hostname === '' || scheme === undefined || scheme === '') return 'Origin header not valid.';
  const own = parsed(`http://${host ?? ''}`)?.hostname;
  if (url.hostname !== own && !allowed.includes(url.hostname)) return 'Origin header does not match this host.';
  const base = parsed(accessUrlBase)?.protocol ?? '';
  const expected = PAGE_SCHEMES[base] ?? [base.slice(0, -1)];
  return expected.includes(scheme) ? undefined : 'Origin header protocol does not match this host.';
}

function parsed(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

/**
 * The token of a request, as nova's proxies find it: the last `token` of the query, otherwise a cookie of that name.
 * noVNC sends it in the query of its WebSocket, since its page is opened with `?path=%3Ftoken%3D…`. Empty when there is
 * none.
 */
export function tokenOf(request: IncomingMessage): string {
  const { url = '/', headers } = request;
  const query = url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';
  const token = new URLSearchParams(query).getAll('token').at(-1) ?? '';
  if (token !== '') return token.slice(0, 255);
  const cookies = (headers.cookie ?? '').split(';').map((part) => part.trim());
  const cookie = cookies.findLast((part) => part.startsWith('token=')) ?? '';
  return cookie.slice('token='.length).replaceAll(/^"|"$/g, '').slice(0, 255);
}

const log = getLogger('albireo.consoles');

/** The largest frame of a client: typed or pasted text. */
const MAX_FRAME = 1_048_576;
/** How long a client may take to confirm that its socket is closed; websockify does not wait at all. */
const CLOSE_MS = 1000;
const CONNECT_MS = 10_000;
/** Codes of RFC 6455, 7.4.1. */
const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;
const FAILED = 1011;

/** The parameters of a proxy. */
interface ConsoleProxyOptions {
  readonly types: readonly ConsoleType[];
  readonly allowedOrigins: readonly string[];
  /** Whether a session ends with its token. */
  readonly endWithToken: boolean;
  /** Absent: bytes are passed on unchanged. */
  readonly rfb?: RfbSecurity | undefined;
  /** Asks the workers for the console that a token opens. Throws ExpectedError. */
  readonly find: (token: string) => Promise<ConsoleAccessData>;
}

/** Connects the WebSocket of a client with a token to the token's console. */
export class ConsoleProxy {
  readonly #options: ConsoleProxyOptions;
  readonly #sockets: WebSocketServer;

  constructor(options: ConsoleProxyOptions) {
    this.#options = options;
    const server: ServerOptions & { readonly closeTimeout: number } = {
      noServer: true,
      perMessageDeflate: false,
      maxPayload: MAX_FRAME,
      closeTimeout: CLOSE_MS,
      // Clients of websockify request it; others request nothing.
      handleProtocols: (protocols) => (protocols.has('binary') ? 'binary' : false),
    };
    this.#sockets = new WebSocketServer(server);
  }

  get sessions(): number {
    return this.#sockets.clients.size;
  }

  serve(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => undefined);
      // As in websockify: the socket is opened first, so that a browser gets the reason why it is closed again.
      this.#sockets.handleUpgrade(request, socket, head, (client) => void this.#join(client, request));
    });
  }

  /** Ends all sessions. */
  close(): void {
    for (const client of this.#sockets.clients) client.close(GOING_AWAY, 'The console program ends');
    this.#sockets.close();
  }

  async #join(client: WebSocket, request: IncomingMessage): Promise<void> {
    const stream = createWebSocketStream(client);
    stream.on('error', () => undefined);
    const access = await this.#admit(client, request);
    if (access === undefined) return;
    const { instance_uuid: instance, console_type: type } = access;
    let timer: NodeJS.Timeout | undefined;
    try {
      const guest = await this.#connect(access);
      client.once('close', () => guest.destroy());
      const { rfb } = this.#options;
      const end = rfb === undefined ? guest : await secureRfb(stream, guest, rfb);
      log.info(`A ${type} console was opened`, { instance });
      if (this.#options.endWithToken) {
        timer = setTimeout(() => client.close(POLICY_VIOLATION, 'The token has expired'), access.expires_in);
      }
      await pipeline(stream, end, stream);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (client.readyState === client.OPEN) log.warning(`A ${type} console has ended: ${reason}`, { instance });
    } finally {
      clearTimeout(timer);
      client.close(GOING_AWAY, 'The console has ended');
      log.info(`A ${type} console was closed`, { instance });
    }
  }

  /** A refused client gets no reason, as from nova's proxies: the socket is closed without a code. */
  async #admit(client: WebSocket, request: IncomingMessage): Promise<ConsoleAccessData | undefined> {
    const { types, allowedOrigins, find } = this.#options;
    try {
      const token = tokenOf(request);
      const access = token === '' ? undefined : await find(token);
      if (access === undefined || !types.includes(access.console_type)) {
        client.close();
        return undefined;
      }
      const expected = { allowed: allowedOrigins, accessUrlBase: access.access_url_base };
      const fault = originFault(request.headers, expected);
      if (fault === undefined) return access;
      log.warning(fault, { origin: request.headers.origin ?? '' });
      client.close();
    } catch (error) {
      if (error instanceof ExpectedError && error.code === 'ConsoleTokenNotFound') {
        client.close();
      } else {
        log.exception(error, 'A token could not be checked');
        client.close(FAILED, 'The console cannot be reached now');
      }
    }
    return undefined;
  }

  #connect({ socket_path: path, host, port }: ConsoleAccessData): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const guest = path === null ? connect({ host, port, noDelay: true }) : connect({ path });
      const fail = (error: Error): void => {
        guest.destroy();
        reject(error);
      };
      const timer = setTimeout(() => fail(new Error('the guest does not answer')), CONNECT_MS);
      guest.once('error', fail).once('connect', () => {
        guest.off('error', fail).on('error', () => undefined);
        resolve(guest);
      });
      guest.once('connect', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
    });
  }
}
