import { declarationOf, isRecord } from '#libs/contracts';
import type { JsonSchema, ResourceClass } from '#libs/contracts';
import { isInAll, propertiesOf } from './field-schemas.js';
import { inMicroversions } from './microversions.js';

export const text: JsonSchema = { type: 'string' };
export const textOrNull: JsonSchema = { type: ['string', 'null'] };
export const whole: JsonSchema = { type: 'integer' };
export const wholeOrNull: JsonSchema = { type: ['integer', 'null'] };
export const flag: JsonSchema = { type: 'boolean' };
export const anything: JsonSchema = {};
export const texts: JsonSchema = { type: 'object', additionalProperties: text };
/** A field that never has a value here. */
export const none: JsonSchema = { type: 'null' };

export const oneOf = (...values: readonly string[]): JsonSchema => ({ type: 'string', enum: values });
export const listOf = (items: JsonSchema): JsonSchema => ({ type: 'array', items });
export const orNull = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, none] });
export const byKey = (schema: JsonSchema): JsonSchema => ({ type: 'object', additionalProperties: schema });

/** From 2.`first` on. */
export const since = (first: number, schema: JsonSchema): JsonSchema =>
  inMicroversions(schema, [{ since: first, until: Number.POSITIVE_INFINITY }]);
/** Up to 2.`last`. */
export const until = (last: number, schema: JsonSchema): JsonSchema =>
  inMicroversions(schema, [{ since: 1, until: last }]);

type Properties = Readonly<Record<string, JsonSchema>>;

/**
 * An object with these keys and no others; `progress?` is optional, and so are keys that not every microversion has.
 */
export function shape(properties: Properties): JsonSchema {
  const named = Object.entries(properties).map(([key, schema]) => [key.replace(/\?$/, ''), schema] as const);
  const required = Object.entries(properties).flatMap(([key, schema]) =>
    key.endsWith('?') || 'x-openstack' in schema ? [] : [key],
  );
  return {
    type: 'object',
    ...(required.length === 0 ? {} : { required }),
    properties: Object.fromEntries(named),
    additionalProperties: false,
  };
}

/** A schema whose objects, and those inside them, may have further keys. */
export function opened(schema: JsonSchema): JsonSchema {
  const inside = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inside);
    return isRecord(value) ? opened(value) : value;
  };
  const kept = Object.entries(schema).filter(([key, value]) => key !== 'additionalProperties' || value !== false);
  return Object.fromEntries(kept.map(([key, value]) => [key, inside(value)]));
}

/** A declared resource in one of its views, with the fields that the view adds or shows in another form. */
export function resourceShape(type: ResourceClass, view: string, more: Properties = {}): JsonSchema {
  const { fields } = declarationOf(type);
  const shown = fields.filter((field) => field.visible !== false && (field.views?.includes(view) ?? true));
  const sure = new Set(
    shown.filter((field) => isInAll(field) && field.visible === true && !field.computed).map(({ name }) => name),
  );
  const properties = Object.entries(propertiesOf(shown, (field) => field.type.shown?.schema ?? field.type.schema));
  return shape({
    ...Object.fromEntries(properties.map(([name, schema]) => [sure.has(name) ? name : `${name}?`, schema])),
    ...more,
  });
}

export const uri: JsonSchema = { type: 'string', format: 'uri' };
const link = shape({ rel: text, href: uri, 'type?': text });
export const links: JsonSchema = listOf(link);

/** A page of a list: the resources under their name, and the link to the next page. */
export function page(name: string, items: JsonSchema, first = 1): Properties {
  return { [name]: listOf(items), [`${name}_links?`]: since(first, links) };
}
