import { imageFields, isRecord } from '#libs/contracts';
import type { JsonSchema } from '#libs/contracts';
import type { Schemas } from '../../edge/openapi/document.js';
import { reference } from '../../edge/openapi/parts.js';
import { anything, byKey, listOf, oneOf, shape, text, textOrNull } from '../../edge/openapi/schema-parts.js';
import { metadefSchemas } from '../metadefs/metadef.schemas.js';

type Properties = Readonly<Record<string, JsonSchema>>;

const given = Object.fromEntries(
  imageFields.filter(({ post }) => post !== undefined).map(({ name, post, type }) => [name, (post ?? type).schema]),
);
const shown = Object.fromEntries(imageFields.map(({ name, type }) => [name, type.schema]));
/** Fields that only some images have, or some clouds show. */
const ONLY_SOME: ReadonlySet<string> = new Set(['direct_url', 'stores']);
const location = shape({ url: text, metadata: byKey(anything) });

const task = {
  id: text,
  type: text,
  status: oneOf('pending', 'processing', 'success', 'failure'),
  owner: textOrNull,
  image_id: textOrNull,
  user_id: textOrNull,
  request_id: textOrNull,
  expires_at: textOrNull,
  created_at: text,
  updated_at: text,
};
const taskLinks = { self: text, schema: text };
const taskDetails = { input: byKey(anything), result: { type: ['object', 'null'] }, message: text };

/** A published schema of a definition as a stand-alone schema: references are replaced by their targets. */
function definition(name: string, always: readonly string[] = []): JsonSchema {
  const { definitions, properties, required = [] } = metadefSchemas.get(name) ?? {};
  const inside = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inside);
    if (!isRecord(value)) return value;
    const [, referred] = /^#\/definitions\/(\w+)$/.exec(String(value['$ref'])) ?? [];
    if (referred !== undefined && isRecord(definitions)) return inside(definitions[referred]);
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, inside(each)]));
  };
  return {
    type: 'object',
    required: [...new Set([...[required].flat(), ...always])],
    properties: Object(inside(properties)),
    additionalProperties: false,
  };
}

/** The same for a request: generated fields are not permitted. */
function definitionBody(name: string): JsonSchema {
  const schema = definition(name);
  const taken = Object.entries(Object(schema['properties'])).filter(([key]) => !MADE_HERE.has(key));
  return { ...schema, properties: Object.fromEntries(taken) };
}
const MADE_HERE: ReadonlySet<string> = new Set(['self', 'schema', 'created_at', 'updated_at']);
const TIMES = ['created_at', 'updated_at'];
const LINKS = ['self', 'schema'];

export const imageSchemas: Schemas = {
  Image: {
    type: 'object',
    required: Object.keys(shown).filter((name) => !ONLY_SOME.has(name)),
    properties: { ...shown, locations: listOf(location) },
    // Its properties.
    additionalProperties: text,
  },
  ImageCreate: { type: 'object', properties: given, additionalProperties: textOrNull },
  ImagePatch: listOf({
    anyOf: [
      shape({ op: oneOf('add', 'remove', 'replace'), path: text, 'value?': anything }),
      shape({ 'add?': text, 'remove?': text, 'replace?': text, 'value?': anything }),
    ],
  }),
  Location: location,
  Member: shape({
    image_id: text,
    member_id: text,
    status: oneOf('pending', 'accepted', 'rejected'),
    created_at: text,
    updated_at: text,
    schema: text,
  }),
  TaskStub: shape({ ...task, ...taskLinks }),
  Task: shape({ ...task, ...taskLinks, ...taskDetails }),
  ImageTask: shape({ ...task, ...taskDetails, deleted: { type: 'boolean' }, deleted_at: textOrNull }),
  Namespace: definition('namespace', ['visibility', 'protected', 'owner', ...TIMES, ...LINKS]),
  NamespaceBody: definitionBody('namespace'),
  MetadefObject: definition('object', ['required', 'properties', ...TIMES, ...LINKS]),
  MetadefObjectBody: definitionBody('object'),
  MetadefProperty: definition('property'),
  MetadefTag: definition('tag', TIMES),
  MetadefTagBody: definitionBody('tag'),
  ResourceTypeAssociation: definition('resource_type', TIMES),
  ResourceTypeAssociationBody: definitionBody('resource_type'),
  Store: shape({ id: text, 'description?': text, 'default?': text, 'read-only?': text }),
};

/** A page of a list: `first` and `next` are paths. */
export function imagePage(name: string, kind: string): JsonSchema {
  return shape({ [name]: listOf(reference(kind)), first: text, 'next?': text, schema: text });
}

/** An object with fields in addition to those of another component. */
export function extended(kind: string, more: Properties): JsonSchema {
  const known = imageSchemas[kind] ?? {};
  return { ...known, properties: { ...Object(known['properties']), ...more } };
}
