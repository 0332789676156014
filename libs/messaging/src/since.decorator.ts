import { plainToInstance } from 'class-transformer';
import type { ArgumentsClass } from './contract.js';
import { isRecord } from './internal/json.js';
import { isCompatible } from './version.js';

/** By the prototype of an arguments class: its fields that later versions of the contract brought. */
const fields = new WeakMap<object, Map<string, string>>();

/**
 * Marks a field of arguments (also of a nested class) as brought by a later version of its contract: `@Since('1.1')`.
 * A sender that has to speak an older version refuses to send it (RPCVersionCapError); unset it is not sent anyway.
 */
export function Since(version: string): (prototype: object, property: string) => void {
  return (prototype, property) => {
    const own = fields.get(prototype) ?? new Map<string, string>();
    fields.set(prototype, own.set(property, version));
  };
}

/** The first field that is set and newer than `version`, as `port.hints`, with the version that brought it. */
export function newerField(
  type: ArgumentsClass<object> | null,
  args: object | null,
  version: string,
): { readonly field: string; readonly since: string } | undefined {
  if (type === null || args === null) return undefined;
  // Makes instances of the nested classes too, which the declarations hang on.
  return find(plainToInstance(type, args), version, '');
}

function find(value: unknown, version: string, path: string): ReturnType<typeof newerField> {
  if (Array.isArray(value)) {
    for (const each of value) {
      const found = find(each, version, path);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    if (inner === undefined) continue;
    const field = path === '' ? name : `${path}.${name}`;
    const since = sinceOf(value, name);
    if (since !== undefined && !isCompatible(version, since)) return { field, since };
    const found = find(inner, version, field);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Declarations of a class count for those that extend it. */
function sinceOf(instance: object, name: string): string | undefined {
  let prototype: unknown = Object.getPrototypeOf(instance);
  while (typeof prototype === 'object' && prototype !== null) {
    const since = fields.get(prototype)?.get(name);
    if (since !== undefined) return since;
    prototype = Object.getPrototypeOf(prototype);
  }
  return undefined;
}
