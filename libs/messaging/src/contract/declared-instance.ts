import type { ArgumentsClass } from './contract.js';
import { isRecord } from '../wire/json.js';

type ReadValue = (value: unknown) => unknown;

interface Reading {
  readonly nested?: () => ArgumentsClass<object>;
  readonly read?: ReadValue;
}

/** By the prototype of a class: the readings declared for its own properties. */
const declared = new WeakMap<object, Map<string, Reading>>();
/** By class: also the readings of its bases; built when first read. */
const complete = new WeakMap<ArgumentsClass<object>, ReadonlyMap<string, Reading>>();

/** Names that every object has: class-validator treats them as declared properties. */
const INHERITED = new Set(Object.getOwnPropertyNames(Object.prototype));

/** An object has a key that no class can declare. */
export class InheritedNameError extends Error {
  override readonly name = 'InheritedNameError';

  /** @param path of the key, `server.networks.0.constructor` */
  constructor(
    readonly key: string,
    readonly path: string,
  ) {
    super(`property ${path} should not exist`);
  }
}

function declare(prototype: object, property: string | symbol, reading: Reading): void {
  const own = declared.get(prototype) ?? new Map<string, Reading>();
  declared.set(prototype, own);
  own.set(String(property), { ...own.get(String(property)), ...reading });
}

/** Marks a property whose object, or whose list of objects, is read as instances of the class. */
export function Nested(type: () => ArgumentsClass<object>): PropertyDecorator {
  return (prototype, property) => declare(prototype, property, { nested: type });
}

/** Marks a property whose value is read by a special function, such as a number that may be given as text. */
export function ReadAs(read: ReadValue): PropertyDecorator {
  return (prototype, property) => declare(prototype, property, { read });
}

/** The `Nested` and `ReadAs` declarations of a class and its bases. */
export function readingsOf(type: ArgumentsClass<object>): ReadonlyMap<string, Reading> {
  const known = complete.get(type);
  if (known !== undefined) return known;
  const chain: object[] = [];
  let prototype: unknown = type.prototype;
  while (typeof prototype === 'object' && prototype !== null) {
    chain.unshift(prototype);
    prototype = Object.getPrototypeOf(prototype);
  }
  const readings = new Map(chain.flatMap((each) => [...(declared.get(each) ?? [])]));
  complete.set(type, readings);
  return readings;
}

/**
 * Makes an instance of a class from the properties of a parsed JSON object, which is copied no deeper than the classes
 * go. Nothing is checked; a value that does not fit a nested class (a text, null) stays unchanged, so that the checks
 * refuse it. Throws InheritedNameError for keys like `__proto__` and `constructor`, also in the nested objects.
 */
export function readInstance<T extends object>(type: ArgumentsClass<T>, plain: object, path = ''): T {
  const instance = new type();
  const readings = readingsOf(type);
  for (const [key, value] of Object.entries(plain)) {
    if (INHERITED.has(key)) throw new InheritedNameError(key, `${path}${key}`);
    const reading = readings.get(key);
    Reflect.set(instance, key, reading === undefined ? value : readValue(reading, value, `${path}${key}.`));
  }
  return instance;
}

function readValue({ nested, read }: Reading, value: unknown, path: string): unknown {
  const found = read === undefined ? value : read(value);
  if (nested === undefined) return found;
  const type = nested();
  const one = (each: unknown, below: string): unknown => (isRecord(each) ? readInstance(type, each, below) : each);
  if (!Array.isArray(found)) return one(found, path);
  // class-validator would check a list inside a list as objects of the class, and an empty one not at all: as a text it
  // is refused.
  return found.map((each, index) => (Array.isArray(each) ? JSON.stringify(each) : one(each, `${path}${index}.`)));
}
