import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { ImageStores } from '#libs/imagestore';
import { getLogger } from '#libs/telemetry';
import { heldObjects } from '../snapshots/held-objects.js';
import type { Queries, Store, Transaction } from '../store/index.js';

const log = getLogger('albireo.image.store');

/** The maximum number of objects that one sweep removes, so that a sweep ends. */
const AT_ONCE = 100;

/** An object in a store, by its row. */
export interface ImageObject {
  readonly key: string;
  readonly image_id: string;
  readonly store: string;
  readonly size: number | null;
  /** For external data. */
  readonly url: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** External data, and the store that reads it. */
export interface ExternalObject {
  readonly store: string;
  readonly url: string;
  readonly size: number;
  readonly metadata: Readonly<Record<string, unknown>>;
}

const COLUMNS = ['key', 'image_id', 'store', 'size', 'url', 'metadata'] as const;

/**
 * Records every object in the stores: the row exists before the first byte is written, and until the store has deleted
 * the last one. So data of a dead process is always found again.
 */
export class ImageObjects {
  constructor(
    private readonly store: Store,
    private readonly stores: ImageStores,
    private readonly leaseSeconds: () => number,
  ) {}

  /** Records an object that is about to be written; its key is the token of the attempt. */
  async begin(tx: Transaction, imageId: string, store: string): Promise<string> {
    const key = randomUUID();
    await tx
      .insertInto('image_objects')
      .values({ key, image_id: imageId, store, state: 'writing', lease_until: this.#lease(), size: null })
      .execute();
    return key;
  }

  /** Records external data as an image's. */
  async link(tx: Transaction, imageId: string, object: ExternalObject): Promise<string> {
    const key = randomUUID();
    const metadata = JSON.stringify(object.metadata);
    await tx
      .insertInto('image_objects')
      .values({ ...object, metadata, key, image_id: imageId, state: 'stored', lease_until: null })
      .execute();
    return key;
  }

  /** Whether the attempt still has its object, and its image; if so, extends the lease. */
  async renew(db: Queries, imageId: string, key: string): Promise<boolean> {
    const result = await db
      .updateTable('image_objects')
      .set({ lease_until: this.#lease() })
      .where('key', '=', key)
      .where('image_id', '=', imageId)
      .where('state', '=', 'writing')
      .where(sql<boolean>`exists (select 1 from images i
        where i.id = image_objects.image_id and i.status in ('saving', 'uploading', 'importing'))`)
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  /** The object of an attempt, locked, or undefined if it no longer belongs to the attempt. */
  async claimed(tx: Transaction, imageId: string, key: string): Promise<ImageObject | undefined> {
    return tx
      .selectFrom('image_objects')
      .select(COLUMNS)
      .where('key', '=', key)
      .where('image_id', '=', imageId)
      .where('state', '=', 'writing')
      .forUpdate()
      .executeTakeFirst();
  }

  async settle(tx: Transaction, key: string, state: 'staged' | 'stored', size: number): Promise<void> {
    await tx.updateTable('image_objects').set({ state, size, lease_until: null }).where('key', '=', key).execute();
  }

  async find(db: Queries, imageId: string, state: 'staged' | 'stored'): Promise<readonly ImageObject[]> {
    return db
      .selectFrom('image_objects')
      .select(COLUMNS)
      .where('image_id', '=', imageId)
      .where('state', '=', state)
      .orderBy('created_at')
      .execute();
  }

  /** The data of several images. */
  async findAll(db: Queries, imageIds: readonly string[]): Promise<readonly ImageObject[]> {
    if (imageIds.length === 0) return [];
    return db
      .selectFrom('image_objects')
      .select(COLUMNS)
      .where('image_id', 'in', imageIds)
      .where('state', '=', 'stored')
      .orderBy('created_at')
      .execute();
  }

  /**
   * Marks objects of an image for deletion soon after the commit: the complete ones, or the one that its writer gives
   * up. An object that is still being written would reappear, so it is left: its writer gets the error at its next
   * call, or its lease ends.
   */
  async doom(tx: Transaction, imageId: string, key?: string): Promise<void> {
    let query = tx
      .updateTable('image_objects')
      .set({ state: 'doomed', lease_until: null })
      .where('image_id', '=', imageId);
    query = key === undefined ? query.where('state', 'in', ['staged', 'stored']) : query.where('key', '=', key);
    await query.execute();
    this.store.afterCommit(tx, () => {
      this.removeDoomed().catch((error: unknown) =>
        log.warning(`Data of image ${imageId} stays for now: ${String(error)}`),
      );
    });
  }

  /** Cleans up after dead writers: their images are queued again, and their objects marked for deletion. */
  async sweep(): Promise<void> {
    await this.store.transaction(
      async (tx) => {
        const dead = await tx
          .selectFrom('image_objects')
          .select(['key', 'image_id'])
          .where('state', '=', 'writing')
          .where('lease_until', '<', sql<string>`clock_timestamp()`)
          .limit(AT_ONCE)
          .forUpdate()
          .skipLocked()
          .execute();
        for (const { key, image_id: imageId } of dead) {
          log.warning(`The upload of image ${imageId} broke off: it is queued again`);
          await tx
            .updateTable('image_objects')
            .set({ state: 'doomed', lease_until: null })
            .where('key', '=', key)
            .execute();
          await requeue(tx, imageId);
        }
      },
      { name: 'image-sweep' },
    );
    await this.removeDoomed();
  }

  /**
   * Deletes marked objects from their stores, except those that a snapshot has; each row is deleted once the store has
   * confirmed.
   */
  async removeDoomed(): Promise<void> {
    const doomed = await this.store.db
      .selectFrom('image_objects')
      .select(['key', 'store'])
      .where('state', '=', 'doomed')
      .execute();
    const keys = doomed.map(({ key }) => key);
    const held = keys.length === 0 ? new Set() : await heldObjects(this.store.db, keys);
    // A store that cannot be reached delays only its own objects.
    const away = new Map<string, unknown>();
    let removed = 0;
    for (const { key, store } of doomed) {
      // Data in a store that is no longer configured cannot be reached; the row keeps the record of it.
      const place = this.stores.find(store);
      if (place === undefined || held.has(key) || away.has(store)) continue;
      try {
        await place.remove(key);
      } catch (error) {
        away.set(store, error);
        continue;
      }
      await this.store.db.deleteFrom('image_objects').where('key', '=', key).where('state', '=', 'doomed').execute();
      removed += 1;
      if (removed >= AT_ONCE) break;
    }
    for (const error of away.values()) throw error;
  }

  #lease() {
    return sql<string>`clock_timestamp() + make_interval(secs => ${this.leaseSeconds()})`;
  }
}

/** Sets an image whose upload or stage did not finish back to its previous state. */
export async function requeue(tx: Transaction, imageId: string): Promise<void> {
  await tx
    .updateTable('images')
    .set({ status: 'queued', size: null, virtual_size: null, updated_at: sql<string>`business_now()` })
    .where('id', '=', imageId)
    .where('status', 'in', ['saving', 'uploading'])
    .execute();
}
