import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ONLOOKER_HEADER, faultPlan, onlookers } from '#libs/simulation';
import type { Fault as PlannedFault, FaultFacts } from '#libs/simulation';
import type { ApiDefinition } from '../api-definition.js';
import { Fault } from '../errors/fault.js';
import { pathOf } from '../listener/request-target.js';
import { youngThings } from './young-things.js';

/** Says of which rule an answer is, so that nobody takes it for the cloud's own. */
export const FAULT_HEADER = 'x-albireo-fault';

/** Half of these answers is sent. */
const halves = new WeakSet<FastifyRequest>();

/** Names of the APIs in rules: as their services are called. */
const NAMES: Readonly<Record<string, string>> = { osapi_compute: 'compute' };

/**
 * The HTTP border: rules are asked before a token is looked at; those about a project, once it is known. Nothing is
 * hung in unless `[faults] enabled` was set at the start.
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

/** The head tells the whole length; the connection ends in the middle of the body. */
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
