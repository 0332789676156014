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

/** What a field must fulfil in some microversions only, also when it is absent. */
export interface VersionRule extends VersionBounds {
  readonly test: (value: unknown) => boolean;
  /** What is wrong, in JSON schema's words. @default a value of this kind is required */
  readonly words?: string;
}

const rules = new WeakMap<object, Map<string, VersionRule[]>>();

/** A rule of a field in the microversions 2.`since` to 2.`until`, in addition to those of all microversions. */
export function RuleInVersions(
  since: number,
  until: number,
  test: (value: unknown) => boolean,
  words?: string,
): PropertyDecorator {
  return (prototype, name) => {
    const fields = rules.get(prototype) ?? new Map<string, VersionRule[]>();
    const rule = { since, until, test, ...(words !== undefined && { words }) };
    fields.set(String(name), [...(fields.get(String(name)) ?? []), rule]);
    rules.set(prototype, fields);
  };
}

/** A field without which a body is refused in the microversions 2.`since` to 2.`until`. */
export const RequiredIn = (since: number, until = Number.POSITIVE_INFINITY): PropertyDecorator =>
  RuleInVersions(since, until, (value) => value !== undefined);

/** A field that breaks a rule of the microversion; `words` is absent if it is missing. */
export interface BrokenRule {
  readonly holder: string;
  readonly holderValue: object;
  readonly name: string;
  readonly words?: string;
}

/** The first broken rule anywhere in a body (as class instances) of microversion 2.`version`. */
export function brokenVersionRule(value: unknown, version: number, holder = ''): BrokenRule | undefined {
  if (Array.isArray(value)) {
    for (const entry of value) {
      const found = brokenVersionRule(entry, version, holder);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || typeof prototype !== 'object' || prototype === null) return undefined;
  for (const [name, own] of rules.get(prototype) ?? []) {
    const broken = own.find(
      ({ since, until, test }) => version >= since && version <= until && !test(Reflect.get(value, name)),
    );
    if (broken === undefined) continue;
    return { holder, holderValue: value, name, ...(broken.words !== undefined && { words: broken.words }) };
  }
  for (const [name, inner] of Object.entries(value)) {
    const found = brokenVersionRule(inner, version, name);
    if (found !== undefined) return found;
  }
  return undefined;
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
