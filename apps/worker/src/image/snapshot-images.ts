import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { Measured } from '#libs/imagestore';
import type { Measures } from '#libs/imagestore';
import { getLogger } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import type { GuestSnapshot } from '../drivers/virt-driver.js';
import type { InstanceRow } from '../instances/instance-row.js';
import type { Store, Transaction } from '../store/index.js';
import { activate } from './image-data-manager.js';
import type { ImageServices } from './image-services.js';

const log = getLogger('albireo.image');

/** Shorter than any useful lease of an upload. */
const RENEW_MS = 2_000;

/** The name and the purpose of a server's image. */
export interface SnapshotRequest {
  readonly name: string;
  readonly type: 'snapshot' | 'backup';
  readonly properties: Readonly<Record<string, string>>;
}

/** Properties of a server's own image that its snapshots do not inherit. */
const NOT_INHERITED = new Set(['min_ram', 'min_disk', 'disk_format', 'container_format', 'base_image_ref']);

/** Images of servers: the request's transaction creates a queued image, and the server's host writes its data. */
export class SnapshotImages {
  constructor(
    private readonly store: Store,
    private readonly services: ImageServices,
  ) {}

  /** Locks quota for one more image; called before the server is locked. Error: ImageLimitExceeded. */
  hold(tx: Transaction, projectId: string): Promise<void> {
    return this.services.limits.roomForImage(tx, projectId);
  }

  /**
   * Creates the image and returns its id. The caller owns it; for another project's server it is shared with that
   * project.
   */
  async insert(tx: Transaction, context: RequestContext, row: InstanceRow, request: SnapshotRequest): Promise<string> {
    const id = randomUUID();
    const inherited = Object.entries(row.image_properties).flatMap(([key, value]): [string, string][] =>
      typeof value === 'string' && !NOT_INHERITED.has(key) ? [[key, value]] : [],
    );
    const properties = {
      ...Object.fromEntries(inherited),
      base_image_ref: row.image_ref,
      instance_uuid: row.id,
      user_id: context.user_id ?? '',
      image_type: request.type,
      ...request.properties,
    };
    const isOwn = context.project_id === row.project_id;
    await tx
      .insertInto('images')
      .values({
        id,
        name: request.name,
        status: 'queued',
        visibility: isOwn ? 'private' : 'shared',
        protected: false,
        os_hidden: false,
        owner: context.project_id,
        disk_format: 'raw',
        container_format: 'bare',
        size: null,
        virtual_size: null,
        min_disk: row.flavor.disk,
        min_ram: numberOf(row.image_properties['min_ram']),
        checksum: null,
        os_hash_algo: null,
        os_hash_value: null,
        tags: '[]',
        properties: JSON.stringify(properties),
      })
      .execute();
    return id;
  }

  /**
   * Writes the data of an image and makes it active. May be repeated: data of an earlier attempt is deleted. Does
   * nothing if the image was deleted meanwhile, as in nova.
   */
  async fill(imageId: string, take: () => Promise<GuestSnapshot>): Promise<void> {
    const { objects, stores } = this.services;
    const place = stores.default;
    const key = await this.store.transaction((tx) => this.#begin(tx, imageId, place.id), { name: 'snapshot.begin' });
    if (key === null) return;
    // A large disk takes longer than the lease of its object.
    const renewal = setInterval(() => {
      objects.renew(this.store.db, imageId, key).catch((error: unknown) => {
        log.warning(`The lease of image ${imageId} is not renewed: ${String(error)}`);
      });
    }, RENEW_MS);
    try {
      const snapshot = await take();
      try {
        const measured = new Measured(snapshot.read(), Number.MAX_SAFE_INTEGER);
        await place.write(key, measured);
        await this.#finish(imageId, key, snapshot, measured.finish());
      } finally {
        await snapshot.dispose();
      }
    } finally {
      clearInterval(renewal);
    }
  }

  /** Deletes an image of a server and its data; a deleted or protected one is left alone. */
  async remove(tx: Transaction, imageId: string): Promise<void> {
    const image = await this.#lock(tx, imageId);
    if (image === undefined || image.protected) return;
    await this.services.objects.doom(tx, imageId);
    await tx.deleteFrom('images').where('id', '=', imageId).execute();
  }

  /** Deletes an image whose data will not be written any more; a complete one stays. */
  async giveUp(tx: Transaction, imageId: string): Promise<void> {
    if ((await this.#lock(tx, imageId))?.status !== 'active') await this.remove(tx, imageId);
  }

  /** Keeps the `rotation` newest backups of a server of one backup type. */
  async rotate(tx: Transaction, instanceId: string, backupType: string, rotation: number): Promise<void> {
    const found = await tx
      .selectFrom('images')
      .select('id')
      .where(sql<boolean>`properties->>'instance_uuid' = ${instanceId} and properties->>'image_type' = 'backup'
        and properties->>'backup_type' = ${backupType}`)
      .orderBy('created_at', 'desc')
      .orderBy('id')
      .offset(rotation)
      .execute();
    for (const { id } of found.toSorted((a, b) => (a.id < b.id ? -1 : 1))) await this.remove(tx, id);
  }

  async #finish(imageId: string, key: string, snapshot: GuestSnapshot, measures: Measures): Promise<void> {
    const { objects } = this.services;
    const { size, checksum, os_hash_algo, os_hash_value } = measures;
    await this.store.transaction(
      async (tx) => {
        const image = await this.#lock(tx, imageId);
        if (image === undefined || (await objects.claimed(tx, imageId, key)) === undefined) {
          await objects.doom(tx, imageId, key);
          return;
        }
        await objects.settle(tx, key, 'stored', size);
        await tx.updateTable('images').set({ disk_format: snapshot.diskFormat }).where('id', '=', imageId).execute();
        const virtual_size = snapshot.virtualSize;
        await activate(tx, imageId, { size, virtual_size, checksum, os_hash_algo, os_hash_value });
      },
      { name: 'snapshot.finish' },
    );
  }

  async #begin(tx: Transaction, imageId: string, storeId: string): Promise<string | null> {
    const image = await this.#lock(tx, imageId);
    if (image === undefined || image.status === 'active') return null;
    const left = await tx
      .selectFrom('image_objects')
      .select('key')
      .where('image_id', '=', imageId)
      .where('state', '=', 'writing')
      .execute();
    for (const { key } of left) await this.services.objects.doom(tx, imageId, key);
    await tx.updateTable('images').set({ status: 'saving' }).where('id', '=', imageId).execute();
    return this.services.objects.begin(tx, imageId, storeId);
  }

  #lock(tx: Transaction, imageId: string): Promise<{ status: string; protected: boolean } | undefined> {
    return tx
      .selectFrom('images')
      .select(['status', 'protected'])
      .where('id', '=', imageId)
      .forUpdate()
      .executeTakeFirst();
  }
}

function numberOf(value: unknown): number {
  const number = Number(value ?? 0);
  return Number.isInteger(number) ? number : 0;
}
