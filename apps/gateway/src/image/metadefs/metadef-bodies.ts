import { isRecord } from '#libs/contracts';
import type { DataOf, MetadefItemInput, MetadefKind, MetadefNamespaceFields } from '#libs/contracts';
import { badRequest, forbidden } from '../errors/glance-faults.js';

type Body = Readonly<Record<string, unknown>>;

const PROPERTY_TYPES: readonly unknown[] = ['array', 'boolean', 'integer', 'number', 'object', 'string', null];
const LONGEST_NAME = 80;

/** The permitted fields of a definition other than its name, with their checks, by kind. */
const FIELDS: Readonly<Record<MetadefKind, Readonly<Record<string, (value: unknown) => boolean>>>> = {
  tag: {},
  resource_type: { prefix: isText(80), properties_target: isText(80) },
  object: {
    description: isText(65_535),
    required: (value) => Array.isArray(value) && value.every((entry) => typeof entry === 'string'),
    properties: (value) => isRecord(value) && Object.values(value).every(isProperty),
  },
  property: {
    title: isText(80),
    type: (value) => PROPERTY_TYPES.includes(value),
    description: isText(65_535),
    operators: Array.isArray,
    readonly: (value) => typeof value === 'boolean',
    minimum: isNumber,
    maximum: isNumber,
    minLength: isNumber,
    maxLength: isNumber,
    pattern: isText(65_535),
    enum: Array.isArray,
    default: () => true,
    items: isRecord,
    uniqueItems: (value) => typeof value === 'boolean',
    minItems: isNumber,
    maxItems: isNumber,
    additionalItems: (value) => typeof value === 'boolean',
    required: () => true,
  },
};

function isText(longest: number): (value: unknown) => boolean {
  return (value) => typeof value === 'string' && value.length <= longest && !value.includes('\0');
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}

/** A schema inside a definition: with a title and a type. */
function isProperty(value: unknown): boolean {
  return isRecord(value) && typeof value['title'] === 'string' && PROPERTY_TYPES.includes(value['type']);
}

function mismatch(kind: string, name: string): Error {
  return badRequest(
    `Provided object does not match schema '${kind}': the value of '${name.slice(0, 64)}' is not valid`,
  );
}

/** A body that is an object. Throws Fault 400, and 403 for fields that only the server sets. */
export function recordOf(body: unknown): Body {
  if (body === undefined) throw badRequest('Body expected in request.');
  if (!isRecord(body)) throw badRequest('Malformed JSON in request body.');
  for (const name of ['self', 'schema', 'created_at', 'updated_at']) {
    if (Object.hasOwn(body, name)) throw forbidden(`Attribute '${name}' is read-only.`);
  }
  return body;
}

/** The name in a path or body. Throws Fault 400. */
export function nameOf(kind: string, value: unknown): string {
  if (typeof value === 'string' && value !== '' && value.length <= LONGEST_NAME && !value.includes('\0')) return value;
  throw mismatch(kind, 'name');
}

/** A definition of a kind. Throws Fault 400. */
export function readItem(kind: MetadefKind, body: Body, name: unknown = body['name']): MetadefItemInput {
  const allowed = FIELDS[kind];
  const kept: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(body)) {
    if (field === 'name') continue;
    const fits = Object.hasOwn(allowed, field) ? allowed[field] : undefined;
    if (fits === undefined || !fits(value)) throw mismatch(kind, field);
    kept[field] = value;
  }
  if (kind === 'property' && !isProperty(body)) throw mismatch(kind, body['title'] === undefined ? 'title' : 'type');
  return { kind, name: nameOf(kind, name), body: kept };
}

const NAMESPACE_FIELDS = ['namespace', 'display_name', 'description', 'visibility', 'protected', 'owner'];
const PARTS = { objects: 'object', tags: 'tag', resource_type_associations: 'resource_type' } as const;

/** The fields of a namespace. Throws Fault 400. */
export function readNamespace(body: Body): DataOf<MetadefNamespaceFields> {
  for (const field of Object.keys(body)) {
    if (![...NAMESPACE_FIELDS, ...Object.keys(PARTS), 'properties'].includes(field)) throw mismatch('namespace', field);
  }
  const { visibility = 'private', protected: isProtected = false } = body;
  if (visibility !== 'public' && visibility !== 'private') throw mismatch('namespace', 'visibility');
  if (typeof isProtected !== 'boolean') throw mismatch('namespace', 'protected');
  const text = (field: string, longest: number): string | null => {
    const value = body[field] ?? null;
    if (value === null || (typeof value === 'string' && isText(longest)(value))) return value;
    throw mismatch('namespace', field);
  };
  return {
    name: nameOf('namespace', body['namespace']),
    display_name: text('display_name', 80),
    description: text('description', 500),
    visibility,
    protected: isProtected,
    owner: text('owner', 255),
  };
}

/** The definitions in a new namespace. Throws Fault 400. */
export function readParts(body: Body): MetadefItemInput[] {
  const items = Object.entries(PARTS).flatMap(([field, kind]) => {
    const list = body[field] ?? [];
    if (!Array.isArray(list)) throw mismatch('namespace', field);
    return list.map((entry: unknown) => readItem(kind, withoutTold(entry, field)));
  });
  const { properties = {} } = body;
  if (!isRecord(properties)) throw mismatch('namespace', 'properties');
  const schemas = Object.entries(properties).map(([name, schema]) =>
    readItem('property', withoutTold(schema, 'properties'), name),
  );
  return [...items, ...schemas];
}

/** A definition from an export, which includes times and links. */
function withoutTold(value: unknown, field: string): Body {
  if (!isRecord(value)) throw mismatch('namespace', field);
  const { self: _self, schema: _schema, created_at: _created, updated_at: _updated, ...rest } = value;
  return rest;
}
