/**
 * An object as it travels between gateway and worker: its name, its version and its fields.
 *
 * Rule for mixed versions: a minor version only adds fields, so a receiver reads an object of its own major version
 * with any minor and ignores the fields that it does not know; an object of another major version is refused.
 */
export interface VersionedObject<D extends object> {
  readonly 'albireo_object.name': string;
  readonly 'albireo_object.version': string;
  readonly 'albireo_object.data': D;
}

/** A kind of object: builds and opens its wire form. */
export interface ObjectType<D extends object> {
  readonly name: string;
  readonly version: string;
  wrap(data: D): VersionedObject<D>;
  /** Throws IncompatibleObjectError for another name or major version. */
  unwrap(object: VersionedObject<D>): D;
}

/** Thrown by `unwrap`: the two sides speak incompatible versions of an object. */
export class IncompatibleObjectError extends Error {
  readonly code = 'IncompatibleObjectVersion';
  constructor(expected: string, found: string) {
    super(`expected object ${expected}, found ${found}`);
    this.name = 'IncompatibleObjectError';
  }
}

/** Declares a kind of object, version `major.minor`. */
export function objectType<D extends object>(name: string, version: string): ObjectType<D> {
  const major = `${version.split('.')[0]}.`;
  return Object.freeze({
    name,
    version,
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
      return object['albireo_object.data'];
    },
  });
}

/** A page of objects. `next_marker` is the id after which the next page begins; null on the last one. */
export interface Page<D> {
  readonly objects: readonly D[];
  readonly next_marker: string | null;
}
