export interface VersionBounds {
  readonly since: number;
  readonly until: number;
}

const bounds = new WeakMap<object, Map<string, VersionBounds[]>>();

/**
 * A field of a body that exists only in the microversions 2.`since` to 2.`until`; outside of them it is an unknown key.
 * Used with class-validator's own decorators, and once for each range of a field that was removed and added again.
 */
export function InVersions(since: number, until = Number.POSITIVE_INFINITY): PropertyDecorator {
  return (prototype, name) => {
    const fields = bounds.get(prototype) ?? new Map<string, VersionBounds[]>();
    fields.set(String(name), [...(fields.get(String(name)) ?? []), { since, until }]);
    bounds.set(prototype, fields);
  };
}

/** The ranges of microversions of a class's fields; fields of all microversions are not included. */
export function versionBoundsOf(type: new () => object): ReadonlyMap<string, readonly VersionBounds[]> {
  return bounds.get(type.prototype) ?? new Map();
}

/** A field that the microversion does not have: the name and value of the object that contains it, and its own name. */
export interface ForeignField {
  readonly holder: string;
  readonly holderValue: unknown;
  readonly name: string;
}

/** The first field anywhere in a body (as class instances) that microversion 2.`version` does not have. */
export function fieldOutsideVersion(value: unknown, version: number, holder = ''): ForeignField | undefined {
  if (Array.isArray(value)) {
    for (const entry of value) {
      const found = fieldOutsideVersion(entry, version, holder);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || typeof prototype !== 'object' || prototype === null) return undefined;
  const fields = bounds.get(prototype);
  for (const [name, inner] of Object.entries(value)) {
    const ranges = fields?.get(name);
    const isThere = ranges?.some(({ since, until }) => version >= since && version <= until) ?? true;
    if (inner !== undefined && !isThere) {
      return { holder, holderValue: value, name };
    }
    const found = fieldOutsideVersion(inner, version, name);
    if (found !== undefined) return found;
  }
  return undefined;
}
