import type { ArgumentsClass } from './contract.js';
import { readingsOf } from './declared-instance.js';
import { isRecord } from '../wire/json.js';
import { isCompatible } from './version.js';

/** Which version of the contract added a field, or made it optional. */
interface Brought {
  /** The version that added the field. */
  readonly field?: string;
  /** The version since which the field may be absent or null. */
  readonly optional?: string;
}

/** By the prototype of an arguments class. */
const fields = new WeakMap<object, Map<string, Brought>>();
/** By class: also the fields of its bases; built at the first request. */
const complete = new WeakMap<ArgumentsClass<object>, ReadonlyMap<string, Brought>>();

function bring(prototype: object, property: string, brought: Brought): void {
  const own = fields.get(prototype) ?? new Map<string, Brought>();
  fields.set(prototype, own.set(property, { ...own.get(property), ...brought }));
}

/**
 * Marks a field of arguments (also of a nested class) as added by a later version of its contract: `@Since('1.1')`. A
 * sender that has to use an older version refuses to send the field (RPCVersionCapError); an unset field is never sent.
 */
export function Since(version: string): (prototype: object, property: string) => void {
  return (prototype, property) => bring(prototype, property, { field: version });
}

/**
 * Marks a field, next to `@IsOptional()`, that older versions of the contract require: a sender that has to use such a
 * version refuses to omit it (RPCVersionCapError).
 */
export function OptionalSince(version: string): (prototype: object, property: string) => void {
  return (prototype, property) => bring(prototype, property, { optional: version });
}

/** The later versions that added fields to a class (including its bases), and that made fields optional. */
export function sinceOf(type: ArgumentsClass<object>): ReadonlyMap<string, Brought> {
  const known = complete.get(type);
  if (known !== undefined) return known;
  const chain: object[] = [];
  let prototype: unknown = type.prototype;
  while (typeof prototype === 'object' && prototype !== null) {
    chain.unshift(prototype);
    prototype = Object.getPrototypeOf(prototype);
  }
  const brought = new Map(chain.flatMap((each) => [...(fields.get(each) ?? [])]));
  complete.set(type, brought);
  return brought;
}

/** The lowest version, not below `version`, in which arguments with exactly these fields can be sent. */
export function lowestFor(type: ArgumentsClass<object> | null, args: object | null, version: string): string {
  for (let lowest = version; ;) {
    const newer = newerField(type, args, lowest);
    if (newer === undefined) return lowest;
    lowest = newer.since;
  }
}

/**
 * The first field that is set (or omitted) in a way that needs a version after `version`: `port.hints`, and that
 * version.
 */
export function newerField(
  type: ArgumentsClass<object> | null,
  args: object | null,
  version: string,
  path = '',
): { readonly field: string; readonly since: string } | undefined {
  if (type === null || args === null) return undefined;
  const valueOf = (name: string): unknown => (Object.hasOwn(args, name) ? Reflect.get(args, name) : undefined);
  for (const [name, { field, optional }] of sinceOf(type)) {
    const value = valueOf(name);
    // Null is a value of a field that may be absent; where absence is new, so is null.
    const needed = value === undefined ? optional : value === null ? (optional ?? field) : field;
    if (needed !== undefined && !isCompatible(version, needed)) return { field: `${path}${name}`, since: needed };
  }
  for (const [name, { nested }] of readingsOf(type)) {
    if (nested === undefined) continue;
    for (const each of [valueOf(name)].flat()) {
      const found = isRecord(each) ? newerField(nested(), each, version, `${path}${name}.`) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
