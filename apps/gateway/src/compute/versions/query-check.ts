import type { FastifyInstance } from 'fastify';
import { Fault } from '../../edge/errors/fault.js';
import { queryOf, valuesOf } from '../../edge/query/query.js';
import type { Query } from '../../edge/query/query.js';
import { querySchema } from './query-schemas.js';
import type { QuerySchema } from './query-schemas.js';

const WHOLE = new Set(['limit', 'offset']);

/**
 * Removes from every query the parameters that its microversion does not know, or refuses it with 400; the handlers
 * then do the same. Runs after the hook that determines the microversion.
 */
export function checkQueries(fastify: FastifyInstance): void {
  fastify.addHook('preHandler', (request, _reply, done) => {
    if (!request.url.includes('?')) return done();
    const path = (request.routeOptions.url ?? '').replace(/^\/v2\.1/, '').replace(/(.)\/$/, '$1');
    const schema = querySchema(`${request.method} ${path}`, request.edge.microversion ?? 0);
    if (schema === undefined) return done();
    const query = queryOf(request);
    const names = Object.keys(query);
    const unknown = names.filter((name) => !schema.names.has(name) && !name.startsWith('_'));
    if (schema.strict && unknown.length > 0) return done(unexpected(unknown));
    const known: Query = Object.fromEntries(Object.entries(query).filter(([name]) => !unknown.includes(name)));
    const bad = names.map((name) => problemOf(name, known, schema)).find((fault) => fault !== undefined);
    request.query = known;
    return bad === undefined ? done() : done(bad);
  });
}

function problemOf(name: string, query: Query, { single }: QuerySchema): Fault | undefined {
  const values = valuesOf(query, name);
  if (single && values.length > 1) {
    const shown = `[${values.map((value) => `'${value}'`).join(', ')}]`.slice(0, 128);
    return invalid(name, shown, `${shown} is too long`);
  }
  if (!WHOLE.has(name)) return undefined;
  const wrong = values.find((value) => !/^\d+$/.test(value));
  if (wrong === undefined) return undefined;
  const shown = wrong.slice(0, 64);
  return invalid(name, shown, wrong === '' ? "'' should be non-empty" : `'${shown}' does not match '^[0-9]*$'`);
}

function invalid(name: string, value: string, reason: string): Fault {
  const text = `Invalid input for query parameters ${name}. Value: ${value}. ${reason}`;
  return new Fault(400, text, { code: 'InvalidInput', facts: { field: name } });
}

function unexpected(names: readonly string[]): Fault {
  const shown = names.map((name) => name.slice(0, 64)).toSorted();
  const list = shown.map((name) => `'${name}'`).join(', ');
  const were = shown.length === 1 ? 'was' : 'were';
  const text = `Additional properties are not allowed (${list} ${were} unexpected)`;
  return new Fault(400, text, { code: 'InvalidInput', facts: { field: shown[0] ?? '' } });
}
