import { readFileSync, readdirSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ONLOOKER_HEADER } from '#libs/simulation';
import { reachableHost } from '../clouds-yaml.js';

const FOLDER = fileURLToPath(new URL('../../page/', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The page loads nothing from other origins, evaluates no text as code, and cannot be framed. */
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

const PASSED_ON = [
  'x-auth-token',
  'x-subject-token',
  'content-type',
  'content-length',
  'accept',
  'openstack-api-version',
];
const PASSED_BACK = ['content-type', 'content-length', 'x-subject-token', 'x-albireo-fault', 'retry-after'];

export interface UiService {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Marks a request as the page's, for a service with faults and events. */
  readonly mark?: string | undefined;
}

/** The address of an API (identity, compute, network, image) or the control port; undefined if it does not listen. */
export type FindService = (name: string) => UiService | undefined;

/**
 * The page of the health port below `/ui`, and a proxy from it to the APIs and the control port, so that the page sends
 * requests only to its own origin. It grants no additional access: every token is the caller's.
 */
export function uiPages(find: FindService): (request: IncomingMessage, response: ServerResponse) => boolean {
  const files = new Map(readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name))]));
  return (request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    if (path !== '/ui' && !path.startsWith('/ui/')) return false;
    const asked = /^\/ui\/api\/([a-z]+)(\/.*)$/.exec(request.url ?? '');
    if (asked === null) serveFile(request, response, path, files);
    else passOn(request, response, find(asked[1] ?? ''), asked[2] ?? '/');
    return true;
  };
}

function serveFile(
  { method }: IncomingMessage,
  response: ServerResponse,
  path: string,
  files: ReadonlyMap<string, Buffer>,
): void {
  if (method !== 'GET' && method !== 'HEAD') return end(response, 405, 'only GET and HEAD\n');
  // Relative URLs of the page are below the slash.
  if (path === '/ui') return void response.writeHead(301, { Location: '/ui/', 'Content-Length': 0 }).end();
  const name = path === '/ui/' ? 'index.html' : path.slice('/ui/'.length);
  const file = files.get(name);
  if (file === undefined) return end(response, 404, 'there is no such part of the page\n');
  const type = TYPES[extname(name)] ?? 'application/octet-stream';
  response.writeHead(200, {
    ...HEADERS,
    'Cache-Control': 'no-cache',
    'Content-Type': type,
    'Content-Length': file.length,
  });
  response.end(method === 'HEAD' ? undefined : file);
}

function passOn(
  request: IncomingMessage,
  response: ServerResponse,
  service: UiService | undefined,
  path: string,
): void {
  if (service === undefined) return end(response, 404, 'that service does not run here\n');
  const headers: OutgoingHttpHeaders = {};
  for (const header of PASSED_ON) if (request.headers[header] !== undefined) headers[header] = request.headers[header];
  if (service.mark !== undefined) headers[ONLOOKER_HEADER] = service.mark;
  const host = reachableHost(service.host).replace(/^\[(.*)\]$/, '$1');
  const options = { host, port: service.port, method: request.method, path, headers };
  // The service belongs to this program; its certificate has the name that clients use.
  const onward = service.tls ? httpsRequest({ ...options, rejectUnauthorized: false }) : httpRequest(options);
  onward.on('response', (answer) => {
    const back: OutgoingHttpHeaders = { ...HEADERS, 'Cache-Control': 'no-store' };
    for (const header of PASSED_BACK) if (answer.headers[header] !== undefined) back[header] = answer.headers[header];
    response.writeHead(answer.statusCode ?? 502, back);
    answer.on('error', () => response.destroy());
    answer.pipe(response);
  });
  onward.on('error', (error) => {
    if (response.headersSent) response.destroy();
    else end(response, 502, `the service does not answer: ${error.message}\n`);
  });
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    ...HEADERS,
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}
