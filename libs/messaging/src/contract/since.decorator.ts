import type { ArgumentsClass } from './contract.js';
import { readingsOf } from './declared-instance.js';
import { isRecord } from '../wire/json.js';
import { isCompatible } from './version.js';

/** What later versions of the contract brought to a field. */
interface Brought {
  /** The field itself. */
  readonly field?: string;
  /** That it may be absent or null. */
  readonly optional?: string;
}

/** By the prototype of an arguments class. */
const fields = new WeakMap<object, Map<string, Brought>>();
/** By the class: those of its bases, too; made when it is first asked for. */
const complete = new WeakMap<ArgumentsClass<object>, ReadonlyMap<string, Brought>>();

function bring(prototype: object, property: string, brought: Brought): void {
  const own = fields.get(prototype) ?? new Map<string, Brought>();
  fields.set(prototype, own.set(property, { ...own.get(property), ...brought }));
}

/**
 * Marks a field of arguments (also of a nested class) as brought by a later version of its contract: `@Since('1.1')`.
 * A sender that has to speak an older version refuses to send it (RPCVersionCapError); unset it is not sent anyway.
 */
export function Since(version: string): (prototype: object, property: string) => void {
  return (prototype, property) => bring(prototype, property, { field: version });
}

/**
 * Marks a field, beside `@IsOptional()`, that older versions of the contract must have: a sender that has to speak one
 * refuses to leave it out (RPCVersionCapError).
 */
export function OptionalSince(version: string): (prototype: object, property: string) => void {
  return (prototype, property) => bring(prototype, property, { optional: version });
}

/** The later versions that brought fields of a class, its bases' included, and that made fields optional. */
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

/** The lowest version, `version` or later, in which arguments can be sent with just these fields. */
export function lowestFor(type: ArgumentsClass<object> | null, args: object | null, version: string): string {
  for (let lowest = version; ;) {
    const newer = newerField(type, args, lowest);
    if (newer === undefined) return lowest;
    lowest = newer.since;
  }
}

/** The first field that is set (or left out) as only a version after `version` can: `port.hints`, and that version. */
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
    // Null is a value of what may be absent; where that is new, so is null.
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
