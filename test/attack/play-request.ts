import { request as httpRequest } from 'node:http';
import type { ApiName } from '../../apps/gateway/src/edge/api-names.js';
import type { Target } from './target.js';

export interface Asked {
  readonly api: ApiName;
  readonly method: string;
  readonly path: string;
  /** undefined: none is sent. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Empty: none is sent. */
  readonly token: string;
  /** An address of this machine's loopback network, as which the request comes. @default 127.0.0.1 */
  readonly from?: string;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** Sends a request. Not by fetch, which cannot send a body with every method, nor choose its own address. */
export function playRequest(target: Target, asked: Asked): Promise<Answer> {
  const { api, method, path, body, headers, token, from } = asked;
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      host: '127.0.0.1',
      port: target.stack.ports[api],
      method,
      path,
      ...(from === undefined ? {} : { localAddress: from, agent: false }),
      headers: {
        ...(text === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
        ...headers,
        ...(token === '' ? {} : { 'x-auth-token': token }),
      },
      signal: AbortSignal.timeout(60_000),
    });
    request.once('error', reject);
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          text: Buffer.concat(chunks).toString('utf8'),
          headers: response.headers,
        }),
      );
    });
    request.end(text);
  });
}

/**
 * Whether an answer tells what a marker stands in. What the request itself said may be repeated, where it is refused;
 * an answer that grants it may not have it but in the words of the request's own path.
 */
export function tellsOf(marker: string, { status, text }: Answer, { path, body }: Asked): boolean {
  const told = text.replaceAll(path, '').replaceAll(encodeURIComponent(path), '');
  const isSaid = JSON.stringify([path, body ?? null]).includes(marker);
  return told.includes(marker) && (!isSaid || status < 300);
}
