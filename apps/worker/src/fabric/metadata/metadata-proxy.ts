import { createServer, request as httpRequest } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Server as TcpServer, Socket } from 'node:net';
import { signInstanceId } from '#libs/contracts';
import { getLogger } from '#libs/telemetry';
import type { GuestPort } from '../state/host-network.js';

const log = getLogger('albireo.metadata-proxy');

/** The address of the Metadata API, and the secret that proves the proxy's identity. */
export interface MetadataTarget {
  readonly protocol: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  readonly secret: string;
}

const TIMEOUT_MS = 30_000;
/** The most connections of one guest at the same time, since a network has many guests. */
const MOST_CONNECTIONS = 256;
const MOST_BODY_BYTES = 64 * 1024;

/**
 * Serves 169.254.169.254 on one network. It forwards every request to the Metadata API with the id of the requesting
 * server, found by the port with the connection's source address, and a signature. Headers of these names from guests
 * are removed.
 */
export class MetadataProxy {
  readonly #http: Server;

  /** @param find finds the port with an address on the network */
  constructor(
    private readonly find: (address: string) => GuestPort | undefined,
    private readonly target: () => MetadataTarget,
  ) {
    this.#http = createServer({ requestTimeout: TIMEOUT_MS, headersTimeout: 10_000, keepAliveTimeout: 5_000 });
    this.#http.on('request', (request, response) => this.#pass(request, response));
    this.#http.maxConnections = MOST_CONNECTIONS;
  }

  /** Serves the connections of a listening socket. */
  serve(socket: TcpServer): void {
    let open = 0;
    socket.on('connection', (connection: Socket) => {
      if (open >= MOST_CONNECTIONS) return connection.destroy();
      open += 1;
      connection.on('close', () => (open -= 1));
      return this.#http.emit('connection', connection);
    });
  }

  close(): void {
    this.#http.closeAllConnections();
  }

  #pass(request: IncomingMessage, response: ServerResponse): void {
    const address = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    const port = this.find(address);
    if (port === undefined || port.deviceId === '') return refuse(response, 404, 'Not Found');
    if (Number(request.headers['content-length'] ?? 0) > MOST_BODY_BYTES || request.headers['transfer-encoding']) {
      return refuse(response, 413, 'Payload Too Large');
    }
    const { protocol, host, port: apiPort, secret } = this.target();
    const send = protocol === 'https' ? httpsRequest : httpRequest;
    const { accept, 'content-type': type, 'content-length': length } = request.headers;
    const outgoing = send({
      host,
      port: apiPort,
      method: request.method,
      path: request.url,
      timeout: TIMEOUT_MS,
      headers: {
        ...(accept !== undefined && { accept }),
        ...(type !== undefined && { 'content-type': type }),
        ...(length !== undefined && { 'content-length': length }),
        'x-forwarded-for': address,
        'x-instance-id': port.deviceId,
        'x-tenant-id': port.projectId,
        'x-instance-id-signature': signInstanceId(secret, port.deviceId),
      },
    });
    outgoing.on('response', (answer) => {
      const { 'content-type': contentType, 'content-length': contentLength } = answer.headers;
      response.writeHead(answer.statusCode ?? 502, {
        ...(contentType !== undefined && { 'content-type': contentType }),
        ...(contentLength !== undefined && { 'content-length': contentLength }),
      });
      answer.pipe(response);
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.on('error', (error) => {
      log.warning('The Metadata API does not answer', { server: port.deviceId, error: error.message });
      // As neutron's proxy answers.
      if (response.headersSent) response.destroy();
      else refuse(response, 503, 'Service Unavailable');
    });
    response.on('close', () => outgoing.destroy());
    request.pipe(outgoing);
    return undefined;
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=UTF-8' });
  response.end(text);
}
