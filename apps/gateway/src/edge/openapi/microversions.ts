import type { JsonSchema, VersionBounds } from '#libs/contracts';

/**
 * Adds the microversions 2.N in which an object exists, as in OpenStack's own documents: `x-openstack` with the first
 * and the last one. Nothing is added if all of them have it.
 */
export function inMicroversions(schema: JsonSchema, bounds: readonly VersionBounds[]): JsonSchema {
  const ranges = bounds.toSorted((a, b) => a.since - b.since);
  const first = Math.min(...ranges.map(({ since }) => since));
  const last = Math.max(...ranges.map(({ until }) => until));
  const named = {
    ...(first > 1 ? { 'min-ver': `2.${first}` } : {}),
    ...(last < Number.POSITIVE_INFINITY ? { 'max-ver': `2.${last}` } : {}),
  };
  const gaps = ranges.slice(1).map(({ since }, at) => `2.${(ranges[at]?.until ?? 0) + 1} to 2.${since - 1}`);
  return {
    ...schema,
    ...(gaps.length === 0 ? {} : { description: `Not in ${gaps.join(', ')}` }),
    ...(Object.keys(named).length === 0 ? {} : { 'x-openstack': named }),
  };
}

const SAMPLES = [
  ['1', 'number', 'string'],
  ['true', 'boolean', 'string'],
  [1, 'string', 'integer'],
] as const;

/** A schema with the other forms of a value that a reader converts: a number as text, an empty text for none. */
export function widened(schema: JsonSchema, read: ((value: unknown) => unknown) | undefined): JsonSchema {
  const found = SAMPLES.find(([sample, type]) => typeof read?.(sample) === type && typeof sample !== type);
  if (found !== undefined) return { anyOf: [schema, { type: found[2] }] };
  return read?.('') === null ? { anyOf: [schema, { const: '' }] } : schema;
}
