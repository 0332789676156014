import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ONLOOKER_HEADER, faultPlan, onlookers } from '#libs/simulation';
import type { Fault as PlannedFault, FaultFacts } from '#libs/simulation';
import type { ApiDefinition } from '../api-definition.js';
import { Fault } from '../errors/fault.js';
import { pathOf } from '../listener/request-target.js';

const MAX_KNOWN = 10_000;

/** Objects recently created through this process, for rules of eventual consistency. */
class YoungThings {
  readonly #created = new Map<string, number>();

  /** Extracts the id from the response to a create: `{"port": {"id": …}}`, or a list of these. */
  note(payload: unknown): void {
    if (typeof payload !== 'string') return;
    const now = performance.now();
    for (const id of idsIn(payload)) {
      this.#created.set(id, now);
      if (this.#created.size > MAX_KNOWN) {
        const [oldest] = this.#created.keys();
        if (oldest !== undefined) this.#created.delete(oldest);
      }
    }
  }

  has(id: string, ageMs: number): boolean {
    const created = this.#created.get(id);
    return created !== undefined && performance.now() - created < ageMs;
  }
}

function idsIn(payload: string): string[] {
  let body: unknown;
  try {
    body = JSON.parse(payload);
  } catch {
    return [];
  }
  const things = typeof body === 'object' && body !== null ? Object.values(body).flat() : [];
  return things.flatMap((thing: unknown) => {
    return typeof thing === 'object' && thing !== null && 'id' in thing && typeof thing.id === 'string'
      ? [thing.id]
      : [];
  });
}

const youngThings = new YoungThings();

/** Names the rule that caused a response, so that it is not mistaken for the cloud's own. */
const FAULT_HEADER = 'x-albireo-fault';

/** Only half of these responses is sent. */
const halves = new WeakSet<FastifyRequest>();

/** Names of the APIs in rules: those of their services. */
const NAMES: Readonly<Record<string, string>> = { osapi_compute: 'compute' };

/**
 * The HTTP border: rules are checked before the token; rules about a project once it is known. No hook is installed
 * unless `[faults] enabled` was set at the start.
 */
export function installFaults(fastify: FastifyInstance, { name }: Pick<ApiDefinition, 'name'>): void {
  if (!faultPlan.enabled) return;
  const api = NAMES[name] ?? name;
  const meet = async (request: FastifyRequest, reply: FastifyReply, project: string | undefined): Promise<unknown> => {
    if (onlookers.has(request.edge.requestId) || !faultPlan.has('http')) return undefined;
    const fault = decide(api, request, project);
    return fault === undefined ? undefined : happen(fault, request, reply);
  };
  fastify.addHook('onRequest', (request, reply) => {
    onlookers.admit(request.edge.requestId, request.headers[ONLOOKER_HEADER]);
    return meet(request, reply, undefined);
  });
  fastify.addHook('preHandler', async (request, reply) => {
    const project = request.edge.context?.project_id;
    return typeof project === 'string' ? meet(request, reply, project) : undefined;
  });
  fastify.addHook('onSend', async (request, reply, payload: unknown) => {
    if (request.method === 'POST' && reply.statusCode < 300) youngThings.note(payload);
    const met = faultPlan.metBy(request.edge.requestId);
    if (met !== undefined) void reply.header(FAULT_HEADER, met);
    if (halves.has(request)) sendHalf(request, reply, payload);
    return payload;
  });
}

function decide(api: string, request: FastifyRequest, project: string | undefined): PlannedFault | undefined {
  const path = pathOf(request);
  const facts: FaultFacts = {
    api,
    method: request.method,
    path: [path, path.replace(/^\/v\d+(\.\d+)?(?=\/)/, '')],
    ...(project !== undefined && { project }),
  };
  return faultPlan.decide('http', facts, ({ http, young }) => {
    if ((http?.project === undefined) !== (project === undefined)) return false;
    return young === undefined || youngThings.has(path.slice(path.lastIndexOf('/') + 1), young * 1000);
  });
}

async function happen({ id, rule }: PlannedFault, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  void reply.header(FAULT_HEADER, id);
  if (rule.delay !== undefined) await sleep(rule.delay * 1000);
  if (rule.half === true) halves.add(request);
  if (rule.cut === true) {
    reply.hijack();
    request.raw.socket.destroy();
    return reply;
  }
  const status = rule.young === undefined ? rule.status : (rule.status ?? 404);
  if (status === undefined) return undefined;
  const headers = rule.headers === undefined ? {} : { headers: rule.headers };
  throw new Fault(status, rule.message ?? `This fault was asked for by the rule ${id}.`, {
    code: 'InjectedFault',
    ...headers,
  });
}

/** The headers contain the full length; the connection ends in the middle of the body. */
function sendHalf(request: FastifyRequest, reply: FastifyReply, payload: unknown): void {
  const body = Buffer.isBuffer(payload) ? payload : Buffer.from(typeof payload === 'string' ? payload : '');
  reply.hijack();
  reply.raw.writeHead(reply.statusCode, { ...headersOf(reply), 'content-length': body.length });
  reply.raw.write(body.subarray(0, Math.floor(body.length / 2)), () => request.raw.socket.destroy());
}

function headersOf(reply: FastifyReply): Record<string, string | number | string[]> {
  const entries = Object.entries(reply.getHeaders());
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
}
