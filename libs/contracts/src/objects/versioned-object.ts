import { isCompatible } from '#libs/messaging';
import type { Backport } from '#libs/messaging';

/**
 * An object as it is sent between gateway and worker: its name, its version and its fields.
 *
 * Rule for mixed versions: a minor version only adds fields, so a receiver reads an object of its own major version
 * with any minor and ignores the fields that it does not know; an object of another major version is refused. A caller
 * that uses an older version of the contract gets the objects of that version (`backportObjects`).
 */
export interface VersionedObject<D extends object> {
  readonly 'albireo_object.name': string;
  readonly 'albireo_object.version': string;
  readonly 'albireo_object.data': D;
}

/** A minor version of an object: what it added, and the version of the contract that introduced it. */
export interface ObjectChange<D extends object> {
  readonly version: string;
  readonly contract: string;
  /** Fields that the previous version does not have. */
  readonly adds?: readonly string[];
  /** Fields that the previous version has, but that requests could not set. */
  readonly takes?: readonly string[];
  /** The meaning of an absent field of `adds` in data of the previous version; a receiver fills it in. */
  readonly missing?: Partial<D>;
  /** `missing` for the content of an object: pages fill in their rows. */
  fill?(this: void, data: D): D;
  /** Further conversions of data of this version to the previous one, as nova's `obj_make_compatible`. */
  backport?(data: D): D;
}

/** A kind of object: builds and opens its wire form. */
export interface ObjectType<D extends object> {
  readonly name: string;
  readonly version: string;
  /** One for each minor version above 0, the oldest first. */
  readonly changes: readonly ObjectChange<D>[];
  wrap(data: D): VersionedObject<D>;
  /** Throws IncompatibleObjectError for another name or major version. */
  unwrap(object: VersionedObject<D>): D;
}

/** Thrown by `unwrap`: the two sides use incompatible versions of an object. */
export class IncompatibleObjectError extends Error {
  readonly code = 'IncompatibleObjectVersion';
  constructor(expected: string, found: string) {
    super(`expected object ${expected}, found ${found}`);
    this.name = 'IncompatibleObjectError';
  }
}

/**
 * The function that backports an object to its version in an older contract, by the object's name: nova's registry of
 * objects.
 */
const registry = new Map<string, (data: object, contract: string) => Partial<VersionedObject<object>>>();

/** Declares a kind of object, version `major.minor`, and registers it for backports. */
export function objectType<D extends object>(
  name: string,
  version: string,
  changes: readonly ObjectChange<D>[] = [],
): ObjectType<D> {
  const major = `${version.split('.')[0]}.`;
  const type: ObjectType<D> = Object.freeze({
    name,
    version,
    changes,
    wrap: (data: D): VersionedObject<D> => ({
      'albireo_object.name': name,
      'albireo_object.version': version,
      'albireo_object.data': data,
    }),
    unwrap: (object: VersionedObject<D>): D => {
      const foundName = object['albireo_object.name'];
      const foundVersion = object['albireo_object.version'];
      if (foundName !== name || !foundVersion?.startsWith(major)) {
        throw new IncompatibleObjectError(`${name} ${major}x`, `${foundName} ${foundVersion}`);
      }
      const data = object['albireo_object.data'];
      return foundVersion === version ? data : filled(changes, data, foundVersion);
    },
  });
  // Objects under this name were made by `wrap`.
  registry.set(name, (data, contract) => backported(type, data as D, contract));
  return type;
}

/** The pages of a kind of object: with the version and the changes of that object. */
export function pageType<D extends object>(of: ObjectType<D>): ObjectType<Page<D>> {
  const changes = of.changes.map((change): ObjectChange<Page<D>> => {
    const backport = (page: Page<D>): Page<D> => ({ ...page, objects: page.objects.map((data) => undo(change, data)) });
    const fill = (page: Page<D>): Page<D> => {
      const { missing } = change;
      return missing === undefined ? page : { ...page, objects: page.objects.map((data) => ({ ...missing, ...data })) };
    };
    return { version: change.version, contract: change.contract, backport, fill };
  });
  return objectType<Page<D>>(`${of.name}Page`, of.version, changes);
}

/**
 * Converts data of an older minor version to the current one, as far as the changes define the meaning of missing
 * fields.
 */
function filled<D extends object>(changes: readonly ObjectChange<D>[], data: D, foundVersion: string): D {
  const newer = changes.filter((change) => !isCompatible(foundVersion, change.version));
  return newer.reduce((older, change) => {
    const whole = change.fill?.(older) ?? older;
    return change.missing === undefined ? whole : { ...change.missing, ...whole };
  }, data);
}

function undo<D extends object>(change: ObjectChange<D>, data: D): D {
  const older = change.backport?.(data) ?? data;
  const { adds = [] } = change;
  if (adds.length === 0) return older;
  const left = { ...older };
  for (const field of adds) Reflect.deleteProperty(left, field);
  return left;
}

function backported<D extends object>(type: ObjectType<D>, data: D, contract: string): Partial<VersionedObject<D>> {
  const newer = type.changes.filter((change) => !isCompatible(contract, change.contract));
  const first = newer[0];
  if (first === undefined) return {};
  const [major, minor] = first.version.split('.');
  return {
    'albireo_object.version': `${major}.${Number(minor) - 1}`,
    'albireo_object.data': newer.toReversed().reduce((older, change) => undo(change, older), data),
  };
}

/** Converts the object that a method returns to an older version of its contract. */
export const backportObjects: Backport = (_contract, version, result) => {
  if (typeof result !== 'object' || result === null || !('albireo_object.name' in result)) return result;
  const { 'albireo_object.name': name, 'albireo_object.data': data } = result as VersionedObject<object>;
  const backport = registry.get(name);
  return backport === undefined ? result : { ...result, ...backport(data, version) };
};

/** A page of objects. `next_marker` is the id after which the next page begins; null on the last one. */
export interface Page<D> {
  readonly objects: readonly D[];
  readonly next_marker: string | null;
}
