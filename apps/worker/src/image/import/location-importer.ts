import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { ExpectedError, isRecord } from '#libs/contracts';
import type { ImageData } from '#libs/contracts';
import type { ImageStores } from '#libs/imagestore';
import { getLogger } from '#libs/telemetry';
import type { Store, Transaction } from '../../store/index.js';
import type { ExternalLocations } from '../external-locations.js';
import type { ExternalObject, ImageObjects } from '../image-objects.js';
import { IMPORT_LOCK } from './image-imports.js';
import type { ImageTasks, TaskRow } from './image-tasks.js';
import { ImportFailed } from './image-tasks.js';

const log = getLogger('albireo.image.import');

/**
 * Tasks `location_import` (glance.async_.flows.location_import): external data becomes an image's. With a digest in the
 * request, the image becomes active after the data was checked against it. Otherwise it becomes active at once, and the
 * digests are added when the data has been read.
 */
export class LocationImporter {
  constructor(
    private readonly store: Store,
    private readonly stores: ImageStores,
    private readonly objects: ImageObjects,
    private readonly tasks: ImageTasks,
    private readonly external: ExternalLocations,
    private readonly isSecure: () => boolean,
  ) {}

  async import({ id: taskId, image_id: imageId, input }: TaskRow, signal: AbortSignal): Promise<void> {
    const { loc_url: url, validation_data: told } = input;
    if (imageId === null || typeof url !== 'string') throw new ImportFailed('The task names no image.');
    const wanted = isRecord(told) && typeof told['os_hash_value'] === 'string' ? told['os_hash_value'] : undefined;
    const algorithm = isRecord(told) && typeof told['os_hash_algo'] === 'string' ? told['os_hash_algo'] : 'sha512';
    const object = await this.external.look(url).catch((error: unknown) => {
      throw error instanceof ExpectedError ? new ImportFailed(error.message) : error;
    });
    const waits = this.isSecure() && wanted !== undefined;
    await this.#link(imageId, object, {
      status: waits ? 'importing' : 'active',
      os_hash_algo: this.isSecure() || wanted !== undefined ? algorithm : null,
      os_hash_value: this.isSecure() ? null : (wanted ?? null),
    });
    if (this.isSecure()) await this.#measure(imageId, object, algorithm, wanted, signal);
    await this.store.transaction(
      async (tx) => {
        await sql`update images set properties = properties - ${IMPORT_LOCK}::text, updated_at = business_now()
          where id = ${imageId} and properties ->> ${IMPORT_LOCK}::text = ${taskId}`.execute(tx);
        await this.tasks.finish(tx, taskId, { result: { image_id: imageId } });
      },
      { name: 'image_location_done' },
    );
  }

  /** Undoes the changes of a failed task to an image that is not active yet. */
  async undo(tx: Transaction, imageId: string): Promise<void> {
    const image = await tx.selectFrom('images').select('status').where('id', '=', imageId).executeTakeFirst();
    if (image?.status !== 'importing') return;
    for (const { key, url } of await this.objects.find(tx, imageId, 'stored')) {
      if (url !== null) await this.objects.doom(tx, imageId, key);
    }
    await tx
      .updateTable('images')
      .set({ os_hash_algo: null, os_hash_value: null, checksum: null })
      .where('id', '=', imageId)
      .execute();
  }

  async #link(
    imageId: string,
    object: ExternalObject,
    values: Pick<ImageData, 'status' | 'os_hash_algo' | 'os_hash_value'>,
  ): Promise<void> {
    await this.store.transaction(
      async (tx) => {
        const image = await tx
          .selectFrom('images')
          .selectAll()
          .where('id', '=', imageId)
          .forUpdate()
          .executeTakeFirst();
        if (image === undefined) throw new ImportFailed('The image was deleted meanwhile.');
        if ((image.disk_format ?? '') === '' || (image.container_format ?? '') === '') {
          throw new ImportFailed('Properties disk_format, container_format must be set prior to saving data.');
        }
        // A worker that takes over from a dead one finds it already there.
        const stored = await this.objects.find(tx, imageId, 'stored');
        if (stored.some(({ url }) => url === object.url)) return;
        await this.objects.link(tx, imageId, object);
        await tx
          .updateTable('images')
          .set({ ...values, size: object.size, updated_at: sql<string>`business_now()` })
          .where('id', '=', imageId)
          .execute();
      },
      { name: 'image_location_link' },
    );
  }

  async #measure(
    imageId: string,
    { store, url }: ExternalObject,
    algorithm: string,
    wanted: string | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      const [md5, hash] = [createHash('md5'), createHash(algorithm)];
      const bytes = await this.stores.find(store)?.read(url);
      if (bytes === undefined) throw new ImportFailed(`The store ${store} is not configured.`);
      for await (const chunk of bytes) {
        signal.throwIfAborted();
        md5.update(chunk);
        hash.update(chunk);
      }
      const found = hash.digest('hex');
      if (wanted !== undefined && wanted.toLowerCase() !== found) {
        throw new ImportFailed(`os_hash_value: (${wanted}) not matched with actual os_hash_value: (${found})`);
      }
      await this.store.db
        .updateTable('images')
        .set({
          status: 'active',
          checksum: md5.digest('hex'),
          os_hash_algo: algorithm,
          os_hash_value: found,
          updated_at: sql<string>`business_now()`,
        })
        .where('id', '=', imageId)
        .where('status', 'in', ['importing', 'active'])
        .execute();
    } catch (error) {
      // The image is active and can be read when its source can; reading it here is required only if the request named
      // a digest.
      if (wanted !== undefined || signal.aborted) throw error;
      log.warning(`The data of image ${imageId} has no digest: ${String(error)}`);
      await this.store.db.updateTable('images').set({ os_hash_algo: null }).where('id', '=', imageId).execute();
    }
  }
}
