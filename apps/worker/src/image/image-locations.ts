import { ExpectedError } from '#libs/contracts';
import type { ImageData, ImageLocationAddArgs, ImageLocationsData, ImageStoreArgs } from '#libs/contracts';
import type { ImageStores } from '#libs/imagestore';
import type { RequestContext } from '#libs/telemetry';
import type { Store } from '../store/index.js';
import type { ImageAccess } from './image-access.js';
import { forbidden } from './image-changes.js';
import type { ExternalLocations } from './external-locations.js';
import type { ImageObject, ImageObjects } from './image-objects.js';
import { IMPORT_LOCK } from './import/image-imports.js';
import type { ImageTasks } from './import/image-tasks.js';

/** The stores that contain an image's data (glance.api.v2.images: delete_from_store, get_locations, add_location). */
export class ImageLocations {
  constructor(
    private readonly store: Store,
    private readonly access: ImageAccess,
    private readonly objects: ImageObjects,
    private readonly stores: ImageStores,
    private readonly external: ExternalLocations,
    private readonly tasks: ImageTasks,
    private readonly wake: () => void,
    private readonly isShown: () => boolean,
  ) {}

  /**
   * Errors: ImageNotFound (also for a store without data of it), PolicyNotAuthorized, Conflict (an unknown store; an
   * image that is not active), ImageForbidden (the only store that has it).
   */
  async remove(ctx: RequestContext, { id, store }: ImageStoreArgs): Promise<void> {
    await this.store.transaction(
      async (tx) => {
        const image = await this.access.lock(tx, ctx, id);
        this.access.require(ctx, 'get_image_location', image);
        this.access.require(ctx, 'delete_image_location', image);
        if (this.stores.find(store) === undefined) {
          throw new ExpectedError('Conflict', `The selected store ${store} is not available on this node.`);
        }
        if (image.status !== 'active') {
          const text = "It's not allowed to remove image data from store if image status is not 'active'";
          throw new ExpectedError('Conflict', text);
        }
        const stored = await this.objects.find(tx, id, 'stored');
        if (stored.length === 1) {
          throw forbidden(
            'Cannot delete image data from the only store containing it. Consider deleting the image instead.',
          );
        }
        const there = stored.filter((object) => object.store === store);
        if (there.length === 0) {
          throw new ExpectedError('ImageNotFound', `Image ${id} is not stored in store ${store}.`, { id });
        }
        for (const { key } of there) await this.objects.doom(tx, id, key);
      },
      { name: 'image_store_delete' },
    );
  }

  /** Errors: ImageNotFound, PolicyNotAuthorized. */
  async list(ctx: RequestContext, id: string): Promise<ImageLocationsData['locations']> {
    const image = await this.access.get(this.store.db, ctx, id);
    this.access.require(ctx, 'fetch_image_location', image);
    const stored = await this.objects.find(this.store.db, id, 'stored');
    return stored.flatMap((object) => {
      const url = this.#urlOf(object);
      return url === undefined ? [] : [{ url, store: object.store }];
    });
  }

  /** Images with the locations of their data, as far as the caller may see them and the configuration shows them. */
  async shown(ctx: RequestContext, images: readonly ImageData[]): Promise<readonly ImageData[]> {
    if (!this.isShown() || images.length === 0) return images;
    const visible = new Set(
      images.filter((image) => this.access.allows(ctx, 'get_image_location', image)).map(({ id }) => id),
    );
    const rows = await this.objects.findAll(this.store.db, [...visible]);
    return images.map((image): ImageData => {
      const own = this.stores.preferred(rows.filter((row) => row.image_id === image.id));
      const locations = own.map(({ object, store }) => ({
        url: object.url ?? store.urlOf(object.key),
        metadata: { ...object.metadata, store: store.id },
      }));
      return { ...image, locations };
    });
  }

  /**
   * Creates a task that makes external data the image's. Errors: ImageNotFound, Conflict (not queued, or being
   * imported), PolicyNotAuthorized, ImageForbidden (no store reads the URL), InvalidInput.
   */
  async add(ctx: RequestContext, args: ImageLocationAddArgs): Promise<void> {
    const { id, url, os_hash_algo: algorithm, os_hash_value: value } = args;
    await this.store.transaction(
      async (tx) => {
        const image = await this.access.lock(tx, ctx, id);
        this.access.require(ctx, 'add_image_location', image);
        if (image.status !== 'queued') {
          const text = `It's not allowed to add locations if image status is ${image.status}.`;
          throw new ExpectedError('Conflict', text);
        }
        const isService = ctx.roles.includes('service');
        if (!isService && !this.external.serves(url ?? '')) {
          throw forbidden('http store must be enabled to use location API by normal user.');
        }
        const digest = value === null || value === undefined ? {} : { os_hash_algo: algorithm, os_hash_value: value };
        requireDigestSize(digest.os_hash_algo ?? 'sha512', digest.os_hash_value);
        if (image.properties[IMPORT_LOCK] !== undefined) {
          const text = `New operation on image '${id}' is not permitted as prior operation is still in progress`;
          throw new ExpectedError('Conflict', text);
        }
        const input = { image_id: id, loc_url: url ?? '', validation_data: digest };
        const task = await this.tasks.add(tx, ctx, { type: 'location_import', imageId: id, input });
        await tx
          .updateTable('images')
          .set({ properties: JSON.stringify({ ...image.properties, [IMPORT_LOCK]: task.id }) })
          .where('id', '=', id)
          .execute();
        this.store.afterCommit(tx, this.wake);
      },
      { name: 'image_location_add' },
    );
  }

  #urlOf({ key, url, store }: ImageObject): string | undefined {
    return url ?? this.stores.find(store)?.urlOf(key);
  }
}

const SIZES: Readonly<Record<string, number>> = { md5: 16, sha1: 20, sha256: 32, sha512: 64 };

function requireDigestSize(algorithm: string, value: string | undefined): void {
  const wanted = SIZES[algorithm] ?? 0;
  if (value === undefined || value.length === 2 * wanted) return;
  const text = `os_hash_value: (${value}) is not the correct size for (${algorithm}) (should be (${wanted}) bytes)`;
  throw new ExpectedError('InvalidInput', text);
}
