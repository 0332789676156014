import type { ApiOptions, WsgiOptions } from '#libs/options';
import { contextOptions } from './tls-material.js';
import type { TlsMaterial } from './tls-material.js';

/** Longer than the idle time of the usual proxies (60 s), which must close first. */
const IDLE_MS = 72_000;
/** For the headers of a request, and for the handshake before it. */
const HEADERS_MS = 30_000;
/** How often slow connections are checked. */
const LOOK_MS = 1_000;
/** A response may begin as late as the deadline of its request. */
const ANSWER_MARGIN_MS = 5_000;

type TimeOptions = Pick<WsgiOptions, 'clientSocketTimeout' | 'keepAlive' | 'maxHeaderLine'>;

/**
 * Time limits for a client, as options of Fastify: for the headers 30 s; for headers and body together `[api]
 * request_timeout`, after which no successful response would be possible; between requests 72 s; for receiving a
 * response `[wsgi] client_socket_timeout`. A smaller client_socket_timeout limits all of them. An API that `streams`
 * bodies limits the time of the others itself.
 */
export function serverOptions(
  api: Pick<ApiOptions, 'requestTimeout'>,
  { clientSocketTimeout, keepAlive, maxHeaderLine: maxHeaderSize }: TimeOptions,
  tls: TlsMaterial | undefined,
  streams = false,
): object {
  const clientSocketTimeoutMs = clientSocketTimeout * 1000;
  const requestTimeoutMs = api.requestTimeout * 1000;
  const patienceMs = clientSocketTimeoutMs === 0 ? Number.POSITIVE_INFINITY : clientSocketTimeoutMs;
  const wholeMs = Math.min(requestTimeoutMs, patienceMs);
  const headersTimeout = Math.min(HEADERS_MS, wholeMs);
  const http = {
    maxHeaderSize,
    headersTimeout,
    connectionsCheckingInterval: Math.min(LOOK_MS, headersTimeout),
    // Checked together with the form of the header, where the response has the API's form and a request id.
    requireHostHeader: false,
  };
  const timeouts = {
    requestTimeout: streams ? 0 : wholeMs,
    // Node sends "close" after the one response, and leaves closing to this timer.
    keepAliveTimeout: keepAlive ? Math.min(IDLE_MS, patienceMs) : 1,
    // 0: waits forever for a client that does not receive its response.
    connectionTimeout: clientSocketTimeoutMs === 0 ? 0 : Math.max(patienceMs, requestTimeoutMs + ANSWER_MARGIN_MS),
    maxRequestsPerSocket: keepAlive ? 0 : 1,
  };
  if (tls === undefined) return { ...timeouts, http };
  const clients = tls.ca === undefined ? {} : { requestCert: true, rejectUnauthorized: true };
  return { ...timeouts, https: { ...http, ...contextOptions(tls), ...clients, handshakeTimeout: headersTimeout } };
}
