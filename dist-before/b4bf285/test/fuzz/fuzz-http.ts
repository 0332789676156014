import { request as httpRequest } from 'node:http';
import { ApiClient } from '#testing/api-client';
import { startEmbedded } from '#testing/stack';
import type { ApiPorts, Stack } from '#testing/stack';
import { badRequest } from './bad-request.js';
import type { BadRequest } from './bad-request.js';
import { Random } from './random.js';

interface Answer {
  readonly status: number;
  readonly requestId: string | undefined;
  readonly text: string;
}

/** Words that only the inside knows: stacks, paths, SQL, classes of errors. */
const INNER = /node_modules|\bat \w.*\.js:\d|file:\/\/|select .* from|TypeError|QueryFailed|kysely|class-validator/i;
const PARALLEL = 16;
/** The token is renewed long before it ends, also on slow machines. */
const REQUESTS_A_TOKEN = 20_000;

function send(stack: Stack, asked: BadRequest): Promise<Answer> {
  const { api, method, path, headers, body } = asked;
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      host: '127.0.0.1',
      port: stack.ports[api],
      method,
      path,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) },
      signal: AbortSignal.timeout(60_000),
    });
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const id = response.headers['x-openstack-request-id'];
        const requestId = typeof id === 'string' ? id : undefined;
        resolve({ status: response.statusCode ?? 0, requestId, text: Buffer.concat(chunks).toString('utf8') });
      });
    });
    request.once('error', reject);
    request.end(body);
  });
}

function faultOf(answer: Answer): string | undefined {
  if (answer.status >= 500 && answer.status !== 501 && answer.status !== 503) return `status ${answer.status}`;
  if (answer.requestId === undefined) return 'no request id';
  return INNER.test(answer.text) ? 'inner detail' : undefined;
}

export interface FuzzReport {
  readonly statuses: Readonly<Record<string, number>>;
  /** Bad requests a second, over all APIs. */
  readonly perSecond: number;
  /** What should not have been, with the request that made it. */
  readonly findings: readonly string[];
}

export const FUZZED_APIS = ['identity', 'osapi_compute', 'metadata', 'image', 'network'] as const;

/** Sends `count` bad requests to each of the APIs of a server of its own; the same seed sends the same ones. */
export async function fuzzHttp(
  count: number,
  seed: number,
  apis: readonly (keyof ApiPorts)[] = FUZZED_APIS,
): Promise<FuzzReport> {
  const stack = await startEmbedded();
  const statuses: Record<string, number> = {};
  const findings: string[] = [];
  const startedMs = performance.now();
  try {
    const api = new ApiClient(stack.ports);
    await api.login();
    const random = new Random(seed);
    const all = count * apis.length;
    for (let sent = 0; sent < all; sent += PARALLEL) {
      if (sent % REQUESTS_A_TOKEN < PARALLEL && sent > 0) await api.login();
      const batch = Array.from({ length: Math.min(PARALLEL, all - sent) }, (_, at) =>
        badRequest(random, apis[(sent + at) % apis.length] ?? 'identity', api.token),
      );
      await Promise.all(
        batch.map(async (asked) => {
          const shown = JSON.stringify({ ...asked, body: asked.body?.slice(0, 300) }).replaceAll(api.token, 'TOKEN');
          try {
            const answer = await send(stack, asked);
            statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
            const fault = faultOf(answer);
            if (fault !== undefined) findings.push(`${fault}: ${shown}: ${answer.text.slice(0, 300)}`);
          } catch (error) {
            // An answer to a body that was not read to its end may be lost with the connection.
            const isLarge = (asked.body?.length ?? 0) > 65_536;
            if (!isLarge) findings.push(`no answer (${String(error)}): ${shown}`);
          }
        }),
      );
    }
    if (stack.programs.get('server')?.running !== true) findings.push('the server is gone');
    const after = await api.request('osapi_compute', 'GET', '/v2.1/flavors');
    if (after.status !== 200) findings.push(`a good request afterwards: ${after.status}`);
  } finally {
    await stack.stop();
  }
  const seconds = (performance.now() - startedMs) / 1000;
  return { statuses, perSecond: Math.round((count * apis.length) / seconds), findings };
}
