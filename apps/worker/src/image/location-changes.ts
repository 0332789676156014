import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import { ExpectedError, isRecord } from '#libs/contracts';
import type { ImageChange, ImageData, ImageLocationData } from '#libs/contracts';
import type { ImageStores } from '#libs/imagestore';
import type { RequestContext } from '#libs/telemetry';
import type { Store, Transaction } from '../store/index.js';
import type { ExternalLocations } from './external-locations.js';
import type { ImageAccess } from './image-access.js';
import { forbidden } from './image-changes.js';
import { requireFormats } from './image-data-manager.js';
import type { ExternalObject, ImageObject, ImageObjects } from './image-objects.js';

const conflict = (message: string): ExpectedError => new ExpectedError('Conflict', message);
const invalid = (message: string): ExpectedError => new ExpectedError('InvalidInput', message);

/** Properties of the data in a request; each has the name of the image's field. */
const VALIDATED = ['checksum', 'os_hash_algo', 'os_hash_value'] as const;
type Validation = Partial<Record<(typeof VALIDATED)[number], string>>;

interface Place extends ImageLocationData {
  readonly validation: Validation;
}

/** The operations of a patch on `locations` (glance.api.v2.images._do_*_locations), with `show_multiple_locations`. */
export class LocationChanges {
  constructor(
    private readonly store: Store,
    private readonly access: ImageAccess,
    private readonly objects: ImageObjects,
    private readonly stores: ImageStores,
    private readonly external: ExternalLocations,
    private readonly isShown: () => boolean,
  ) {}

  /**
   * Requests the URLs of a patch, before any lock is taken; returns the results by URL. Errors: ImageNotFound,
   * PolicyNotAuthorized, ImageForbidden, InvalidInput.
   */
  async look(
    ctx: RequestContext,
    id: string,
    changes: readonly ImageChange[],
  ): Promise<ReadonlyMap<string, ExternalObject>> {
    const found = new Map<string, ExternalObject>();
    if (changes.length === 0) return found;
    const image = await this.access.get(this.store.db, ctx, id);
    this.access.require(ctx, 'modify_image', image);
    for (const { op } of changes) {
      const verb = op === 'replace' ? 'update' : op;
      if (!this.isShown()) throw forbidden(`It's not allowed to ${verb} locations if locations are invisible.`);
      this.access.require(ctx, op === 'remove' ? 'delete_image_location' : 'set_image_location', image);
    }
    const known = new Set((await this.objects.find(this.store.db, id, 'stored')).map((object) => this.#urlOf(object)));
    for (const { url, metadata } of changes.flatMap(placesOf)) {
      if (!known.has(url) && !found.has(url)) found.set(url, await this.external.look(url, metadata));
    }
    return found;
  }

  /** Errors: Conflict, ImageForbidden, InvalidInput. */
  async apply(
    tx: Transaction,
    image: ImageData,
    changes: readonly ImageChange[],
    looked: ReadonlyMap<string, ExternalObject>,
  ): Promise<void> {
    let { status } = image;
    for (const change of changes) {
      const rows = await this.objects.find(tx, image.id, 'stored');
      if (change.op === 'remove') {
        await this.#remove(tx, { ...image, status }, change, rows);
        continue;
      }
      if (status !== 'active' && status !== 'queued') {
        throw conflict(`It's not allowed to ${change.op} locations if image status is ${status}.`);
      }
      const places = placesOf(change);
      const values = newValues({ ...image, status }, places);
      const size =
        change.op === 'replace'
          ? await this.#replace(tx, image.id, places, rows, looked)
          : await this.#add(tx, image.id, change, rows, looked);
      if (status === 'queued') requireFormats(image);
      await tx
        .updateTable('images')
        .set({ ...values, status: 'active', size: image.size ?? size, updated_at: sql<string>`business_now()` })
        .where('id', '=', image.id)
        .execute();
      status = 'active';
    }
  }

  async #replace(
    tx: Transaction,
    id: string,
    places: readonly Place[],
    rows: readonly ImageObject[],
    looked: ReadonlyMap<string, ExternalObject>,
  ): Promise<number | null> {
    if (places.length === 0) throw forbidden('Cannot set locations to empty list.');
    const there = rows.map((row) => this.#urlOf(row)).toSorted();
    const isSame = isDeepStrictEqual(places.map(({ url }) => url).toSorted(), there);
    if (rows.length > 0 && !isSame) throw invalid('Original locations is not empty');
    if (!isSame) return this.#link(tx, id, places, rows, looked);
    for (const { url, metadata } of places) {
      for (const { key } of rows.filter((row) => this.#urlOf(row) === url)) {
        await tx
          .updateTable('image_objects')
          .set({ metadata: JSON.stringify(withoutStore(metadata)) })
          .where('key', '=', key)
          .execute();
      }
    }
    return rows[0]?.size ?? null;
  }

  async #add(
    tx: Transaction,
    id: string,
    change: ImageChange,
    rows: readonly ImageObject[],
    looked: ReadonlyMap<string, ExternalObject>,
  ): Promise<number | null> {
    const { at = '-' } = change;
    if (at !== '-' && !/^\d{1,6}$/.test(at)) throw invalid('Invalid position for adding a location.');
    const before = at === '-' ? undefined : rows[Number(at)];
    return this.#link(tx, id, placesOf(change), rows, looked, before);
  }

  /** Returns the size in bytes of the first location. */
  async #link(
    tx: Transaction,
    id: string,
    places: readonly Place[],
    rows: readonly ImageObject[],
    looked: ReadonlyMap<string, ExternalObject>,
    before?: ImageObject,
  ): Promise<number | null> {
    const taken = new Set(rows.map((row) => this.#urlOf(row)));
    let size: number | null = null;
    for (const { url, metadata } of places) {
      if (taken.has(url)) throw invalid(`The location ${url} already exists`);
      taken.add(url);
      const object = looked.get(url);
      if (object === undefined) throw invalid('Invalid location');
      const key = await this.objects.link(tx, id, { ...object, metadata: withoutStore(metadata) });
      size ??= object.size;
      // Locations are ordered by these times.
      const time =
        before === undefined
          ? sql<string>`business_clock()`
          : sql<string>`(select created_at - interval '1 microsecond' from image_objects where key = ${before.key})`;
      await tx.updateTable('image_objects').set({ created_at: time }).where('key', '=', key).execute();
    }
    return size;
  }

  async #remove(tx: Transaction, image: ImageData, { at = '' }: ImageChange, rows: readonly ImageObject[]) {
    if (image.status !== 'active') {
      throw conflict(`It's not allowed to remove locations if image status is ${image.status}.`);
    }
    if (rows.length === 1) throw forbidden('Cannot remove last location in the image.');
    const row = at === '-' ? rows.at(-1) : /^\d{1,6}$/.test(at) ? rows[Number(at)] : undefined;
    if (row === undefined) throw invalid('Invalid position for removing a location.');
    await this.objects.doom(tx, image.id, row.key);
  }

  #urlOf({ key, url, store }: ImageObject): string {
    return url ?? this.stores.find(store)?.urlOf(key) ?? key;
  }
}

/** The name of the store is filled in from the store itself. */
function withoutStore({ store: _store, ...rest }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return rest;
}

/** The locations that an operation names; their form is already checked. */
function placesOf({ op, value }: ImageChange): readonly Place[] {
  if (op === 'remove') return [];
  return (Array.isArray(value) ? value : [value]).filter(isRecord).map(({ url, metadata, validation_data: known }) => ({
    url: String(url),
    metadata: isRecord(metadata) ? metadata : {},
    validation: isRecord(known)
      ? Object.fromEntries(VALIDATED.flatMap((name) => (typeof known[name] === 'string' ? [[name, known[name]]] : [])))
      : {},
  }));
}

const SIZES: Readonly<Record<string, number>> = { md5: 16, sha1: 20, sha256: 32, sha512: 64 };

/** The digests that an image gets from its locations (glance's _validate_validation_data). Errors Conflict. */
function newValues(image: ImageData, places: readonly Place[]): Validation {
  const told: Validation = {};
  for (const { validation } of places) {
    for (const name of VALIDATED) {
      const value = validation[name];
      if (value === undefined) continue;
      if ((told[name] ?? value) !== value) throw conflict(`Conflicting values for ${name}`);
      told[name] = value;
    }
  }
  for (const name of VALIDATED) {
    if (told[name] === undefined) continue;
    if (told[name] === image[name]) delete told[name];
    else if (image[name] !== null) throw conflict(`${name} is already set with a different value`);
  }
  const names = Object.keys(told);
  if (names.length === 0) return told;
  if (image.status !== 'queued') {
    throw conflict(`New value(s) for ${names.join(', ')} may only be provided when image status is 'queued'`);
  }
  if (told.checksum !== undefined) requireDigest('checksum', told.checksum, 'md5');
  if (told.os_hash_algo !== 'sha512') {
    throw conflict(`os_hash_algo must be sha512, not ${told.os_hash_algo ?? 'None'}`);
  }
  requireDigest('os_hash_value', told.os_hash_value ?? '', 'sha512');
  return told;
}

function requireDigest(name: string, value: string, algorithm: string): void {
  if (!/^(?:[0-9a-f]{2})+$/i.test(value)) throw conflict(`${name} (${value}) is not a valid hexadecimal value`);
  if (value.length === 2 * (SIZES[algorithm] ?? 0)) return;
  throw conflict(`${name} (${value}) is not the correct size for ${algorithm} (should be ${SIZES[algorithm]} bytes)`);
}
