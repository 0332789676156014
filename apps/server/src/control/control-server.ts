import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { JsonValue } from '#libs/launcher';
import { getLogger } from '#libs/telemetry';
import { ControlError } from './control.errors.js';

const log = getLogger('albireo.control');
const MAX_BODY_BYTES = 4 * 1024 * 1024;

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/**
 * The input of a route: the parts of the path that its pattern names, the query and the body (null if there is none).
 */
export interface ControlRequest {
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: JsonValue;
  /** The unparsed body. */
  readonly text: string;
}

/**
 * `pattern` is a path below `/v1`, as `/snapshots/:name`. A result of undefined is answered with 204; a string is YAML.
 */
export interface ControlRoute {
  readonly method: Method;
  readonly pattern: string;
  run(request: ControlRequest): Promise<object | string | undefined>;
}

/** Whether a token of the cloud's own Identity API belongs to an administrator. */
export type IsAdministrator = (token: string) => Promise<boolean>;

/**
 * The control port: JSON over HTTP. Each request needs the bearer token of `[control] token`, or, for the page of the
 * health port, an administrator's `X-Auth-Token`.
 */
export function createControlServer(
  routes: readonly ControlRoute[],
  token: string,
  isAdministrator: IsAdministrator = async () => false,
): Server {
  const wanted = digest(token);
  const server = createServer((request, response) => {
    answer(request, routes, (given) => isAllowed(given, wanted, isAdministrator)).then(
      (result) => write(response, result),
      (error: unknown) => writeError(response, error),
    );
  });
  server.keepAliveTimeout = 5_000;
  return server;
}

async function answer(
  request: IncomingMessage,
  routes: readonly ControlRoute[],
  isAllowedToAsk: (request: IncomingMessage) => Promise<boolean>,
): Promise<object | string | undefined> {
  if (!(await isAllowedToAsk(request))) {
    throw new ControlError(401, 'expected "Authorization: Bearer <token>" with the token of the control port');
  }
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://control');
  const here = routes.flatMap((route) => {
    const parameters = match(route.pattern, pathname);
    return parameters === undefined ? [] : [{ route, parameters }];
  });
  if (here.length === 0) {
    const known = [...new Set(routes.map(({ pattern }) => `/v1${pattern}`))].join(', ');
    throw new ControlError(404, `nothing is at ${pathname}; known are ${known}`);
  }
  const found = here.find(({ route }) => route.method === request.method);
  if (found === undefined) {
    const methods = here.map(({ route }) => route.method).join(', ');
    throw new ControlError(405, `${request.method ?? ''} is not known at ${pathname}; known are ${methods}`);
  }
  return found.route.run({ parameters: found.parameters, query: searchParams, ...(await readBody(request)) });
}

async function isAllowed(
  { headers }: IncomingMessage,
  token: Buffer,
  isAdministrator: IsAdministrator,
): Promise<boolean> {
  const given = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
  if (timingSafeEqual(digest(given), token)) return true;
  const own = headers['x-auth-token'];
  return typeof own === 'string' && isAdministrator(own);
}

function match(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = `/v1${pattern}`.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [at, part] of wanted.entries()) {
    const value = given[at] ?? '';
    if (part.startsWith(':')) parameters[part.slice(1)] = decoded(value);
    else if (part !== value) return undefined;
  }
  return parameters;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ControlError(400, `the path has "${part}", which is not percent-encoded UTF-8`);
  }
}

async function readBody(request: IncomingMessage): Promise<Pick<ControlRequest, 'body' | 'text'>> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MAX_BODY_BYTES) throw new ControlError(413, `a body is at most ${MAX_BODY_BYTES} bytes`);
    parts.push(part);
  }
  const text = Buffer.concat(parts).toString('utf8');
  if (bytes === 0 || /ya?ml/.test(request.headers['content-type'] ?? '')) return { body: null, text };
  try {
    return { body: JSON.parse(text) as JsonValue, text };
  } catch (error) {
    throw new ControlError(400, `the body is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A member of a body that is a text; undefined for any other. */
export function textOf(body: JsonValue, name: string): string | undefined {
  const value = typeof body === 'object' && body !== null && name in body ? Object.entries(body) : [];
  const found: unknown = value.find(([key]) => key === name)?.[1];
  return typeof found === 'string' ? found : undefined;
}

function write(response: ServerResponse, result: object | string | undefined): void {
  if (result === undefined) response.writeHead(204).end();
  else if (typeof result === 'string') send(response, 200, 'application/yaml; charset=utf-8', result);
  else send(response, 200, 'application/json', `${JSON.stringify(result)}\n`);
}

function writeError(response: ServerResponse, error: unknown): void {
  const known = error instanceof ControlError ? error : undefined;
  if (known === undefined) log.exception(error, 'A request of the control port failed');
  const message = known?.message ?? 'the request failed inside; the log of the cloud tells why';
  const body = { error: { message, faults: known?.faults ?? [] } };
  if (known?.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  // An unread rest of the request must not be parsed as the next one.
  if (known?.status === 413) response.setHeader('Connection', 'close');
  send(response, known?.status ?? 500, 'application/json', `${JSON.stringify(body)}\n`);
}

function send(response: ServerResponse, status: number, contentType: string, text: string): void {
  response.writeHead(status, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(text) }).end(text);
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
