import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePorts } from '#testing/free-port';
import { ROWS } from '../contender.js';
import type { Contender, LoadRequest, RowName } from '../contender.js';

export interface GivenAnswer {
  readonly status: number;
  readonly text: string;
}

const program = fileURLToPath(new URL('limit-process.js', import.meta.url));

async function ask({ url, method, headers, body }: LoadRequest): Promise<GivenAnswer> {
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
  return { status: response.status, text: await response.text() };
}

/** A bare Fastify, one process, that answers each row with the bytes that `like` answers just before it is measured. */
export async function startLimit(like: Contender): Promise<Contender> {
  const [port = 0] = await freePorts(1);
  const child = fork(program, [String(port)]);
  await once(child, 'message');
  const requests = new Map<RowName, LoadRequest>();
  for (const [row, request] of like.requests) {
    requests.set(row, { ...request, url: `http://127.0.0.1:${port}/${ROWS.indexOf(row)}` });
  }
  return {
    name: 'bare Fastify',
    warmUpRequests: 2000,
    warmUpConnections: 16,
    groups: new Map([['gateway', [child.pid ?? 0]]]),
    requests,
    async prepare(row) {
      const request = like.requests.get(row);
      if (request === undefined) return;
      child.send({ row: String(ROWS.indexOf(row)), given: await ask(request) });
      await once(child, 'message');
    },
    settled: async () => undefined,
    async stop() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
