import { isIP } from 'node:net';
import { isUUID } from 'class-validator';
import { rule } from '#libs/contracts';

const isId = (value: unknown): boolean => typeof value === 'string' && isUUID(value, 'loose');
const listOf = (test: (value: unknown) => boolean) => (value: unknown) => Array.isArray(value) && value.every(test);
const either =
  (...tests: readonly ((value: unknown) => boolean)[]) =>
  (value: unknown): boolean =>
    tests.some((test) => test(value));
const isText = (value: unknown): boolean => typeof value === 'string';
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Hints that filters know, and their forms; any other is kept as it is (nova.api.openstack.compute.schemas.servers). */
const FORMS: Readonly<Record<string, (value: unknown) => boolean>> = {
  group: either(isId, listOf(isId)),
  different_host: either(isId, listOf(isId)),
  same_host: either(isText, listOf(isId)),
  query: either(isText, isObject),
  target_cell: (value) => typeof value === 'string' && value.length >= 1 && value.length <= 255,
  different_cell: either(isText, listOf(isText)),
  build_near_host_ip: (value) => typeof value === 'string' && isIP(value) !== 0,
  cidr: (value) => typeof value === 'string' && /^\/[0-9a-f.:]+$/.test(value),
};

const idSchema = { type: 'string', format: 'uuid' };
const idsSchema = { anyOf: [idSchema, { type: 'array', items: idSchema }] };
const HINTS_SCHEMA = {
  type: 'object',
  properties: {
    group: idsSchema,
    different_host: idsSchema,
    same_host: { anyOf: [{ type: 'string' }, { type: 'array', items: idSchema }] },
    query: { type: ['string', 'object'] },
    target_cell: { type: 'string', minLength: 1, maxLength: 255 },
    different_cell: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
    build_near_host_ip: { type: 'string', anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }] },
    cidr: { type: 'string', pattern: '^/[0-9a-f.:]+$' },
  },
};

/** Bytes of all hints of a server, as JSON: they are stored, and shown with it. */
const MAX_HINTS = 65_535;

/** `os:scheduler_hints` of a create. */
export const IsSchedulerHints = (): PropertyDecorator =>
  rule(
    'isSchedulerHints',
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Buffer.byteLength(JSON.stringify(value)) <= MAX_HINTS &&
      Object.entries(value).every(([name, hint]) => !Object.hasOwn(FORMS, name) || FORMS[name]?.(hint) === true),
    'the value is not an object of scheduler hints: group, different_host and same_host are ids of servers or groups, ' +
      'build_near_host_ip is an address, cidr begins with a slash',
    { schema: HINTS_SCHEMA },
  );
