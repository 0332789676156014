import { ExpectedError } from '#libs/contracts';
import type { ImageLocationsData, ImageStoreArgs } from '#libs/contracts';
import type { ImageStores } from '#libs/imagestore';
import type { RequestContext } from '#libs/telemetry';
import type { Store } from '../store/index.js';
import type { ImageAccess } from './image-access.js';
import { forbidden } from './image-changes.js';
import type { ImageObjects } from './image-objects.js';

/** In which stores the data of an image lies (glance.api.v2.images: delete_from_store, get_locations, add_location). */
export class ImageLocations {
  constructor(
    private readonly store: Store,
    private readonly access: ImageAccess,
    private readonly objects: ImageObjects,
    private readonly stores: ImageStores,
  ) {}

  /**
   * Errors: ImageNotFound (also for a store that has no data of it), PolicyNotAuthorized, Conflict (a store that there is
   * not; an image that is not active), ImageForbidden (the only store that has it).
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
    return stored.flatMap(({ store, key }) => {
      const place = this.stores.find(store);
      return place === undefined ? [] : [{ url: place.urlOf(key), store }];
    });
  }

  /**
   * Nobody adds a location: the stores hold what has come through this API, and what lies elsewhere is not an image's.
   * Errors: ImageNotFound, Conflict (not queued), PolicyNotAuthorized, ImageForbidden.
   */
  async refuse(ctx: RequestContext, id: string): Promise<never> {
    const image = await this.access.get(this.store.db, ctx, id);
    this.access.require(ctx, 'add_image_location', image);
    if (image.status !== 'queued') {
      const text = `It's not allowed to add locations if image status is ${image.status}.`;
      throw new ExpectedError('Conflict', text);
    }
    throw forbidden('http store must be enabled to use location API by normal user.');
  }
}
