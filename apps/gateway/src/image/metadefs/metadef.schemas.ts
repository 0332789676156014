import type { Schema } from '../schemas/image.schema.js';

const text = (description: string, more: Schema = {}): Schema => ({ type: 'string', description, ...more });
const shown = (description: string, more: Schema = {}): Schema => text(description, { readOnly: true, ...more });
const times: Readonly<Record<string, Schema>> = {
  created_at: shown('When it was created', { format: 'date-time' }),
  updated_at: shown('When it was last changed', { format: 'date-time' }),
};
const links: Readonly<Record<string, Schema>> = { self: shown('Its own URL'), schema: shown('URL of its schema') };
const name = text('Its name, unique in its namespace', { maxLength: 80 });
const PROPERTY_TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string', null];

const amount: Schema = { type: 'integer', minimum: 0 };
/** The fields with which a property describes its values. */
const propertyFields: Readonly<Record<string, Schema>> = {
  title: text('What people call it'),
  type: text('JSON type of its values', { enum: PROPERTY_TYPES }),
  description: text('What it is for'),
  operators: { type: 'array', items: { type: 'string' } },
  readonly: { type: 'boolean' },
  minimum: { type: 'number' },
  maximum: { type: 'number' },
  minLength: amount,
  maxLength: amount,
  pattern: text('Regular expression of its values', { format: 'regex' }),
  enum: { type: 'array' },
  default: { description: 'Its value where none is given' },
  items: { type: 'object', properties: { type: { type: 'string', enum: PROPERTY_TYPES }, enum: { type: 'array' } } },
  uniqueItems: { type: 'boolean', default: false },
  minItems: amount,
  maxItems: amount,
  additionalItems: { type: 'boolean' },
};
const required: Schema = { type: 'array', items: { type: 'string' } };
const definitions: Schema = {
  stringArray: required,
  property: {
    type: 'object',
    additionalProperties: { type: 'object', required: ['title', 'type'], properties: propertyFields },
  },
};

const property: Schema = {
  name: 'property',
  properties: { name, ...propertyFields },
  required: ['name', 'title', 'type'],
  additionalProperties: false,
  definitions,
};
const object: Schema = {
  name: 'object',
  properties: {
    name,
    description: text('What it is for'),
    required: { $ref: '#/definitions/stringArray' },
    properties: { $ref: '#/definitions/property' },
    ...links,
    ...times,
  },
  required: ['name'],
  additionalProperties: false,
  definitions,
};
const tag: Schema = { name: 'tag', properties: { name, ...times }, required: ['name'], additionalProperties: false };
const association: Schema = {
  name: 'resource_type_association',
  properties: {
    name: text('Name of the type of resource', { maxLength: 80 }),
    prefix: text('Stands before the names of properties on such resources', { maxLength: 80 }),
    properties_target: text('Of which of its parts the properties are (metadata, image)', { maxLength: 80 }),
    ...times,
  },
  required: ['name'],
  additionalProperties: false,
};
const namespace: Schema = {
  name: 'namespace',
  properties: {
    namespace: text('Its name, unique in the cloud', { maxLength: 80 }),
    display_name: text('What people call it', { maxLength: 80 }),
    description: text('What it is about', { maxLength: 500 }),
    visibility: text('Who sees it', { enum: ['public', 'private'] }),
    protected: { type: 'boolean', description: 'If true, it cannot be deleted.' },
    owner: text('Project that it belongs to', { maxLength: 255 }),
    ...links,
    ...times,
    resource_type_associations: { type: 'array', items: { type: 'object', properties: association['properties'] } },
    properties: { $ref: '#/definitions/property' },
    objects: { type: 'array', items: { type: 'object', properties: object['properties'] } },
    tags: { type: 'array', items: { type: 'object', properties: { name } } },
  },
  required: ['namespace'],
  additionalProperties: false,
  definitions,
};

/** A page of entries with the schema `entry`. */
function page(plural: string, entry: Schema): Schema {
  return {
    name: plural,
    properties: {
      [plural]: { type: 'array', items: entry },
      first: { type: 'string' },
      next: { type: 'string' },
      schema: { type: 'string' },
    },
    links: [
      { rel: 'first', href: '{first}' },
      { rel: 'next', href: '{next}' },
      { rel: 'describedby', href: '{schema}' },
    ],
  };
}

/** By their names in `/v2/schemas/metadefs/{name}`. */
export const metadefSchemas: ReadonlyMap<string, Schema> = new Map(
  Object.entries({
    namespace,
    namespaces: page('namespaces', namespace),
    object,
    objects: page('objects', object),
    property,
    properties: {
      name: 'properties',
      properties: {
        properties: { type: 'object', additionalProperties: { type: 'object', properties: propertyFields } },
        first: { type: 'string' },
        next: { type: 'string' },
        schema: { type: 'string' },
      },
    },
    tag,
    tags: page('tags', tag),
    resource_type: association,
    resource_types: page('resource_type_associations', association),
  }),
);
