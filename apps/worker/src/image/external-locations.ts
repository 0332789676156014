import { ExpectedError } from '#libs/contracts';
import { ImageStoreError } from '#libs/imagestore';
import type { ImageStores } from '#libs/imagestore';
import type { ExternalObject } from './image-objects.js';

/** Checks external data before it becomes an image's. */
export class ExternalLocations {
  constructor(private readonly stores: ImageStores) {}

  /** Whether a store can read the URL. */
  serves(url: string): boolean {
    return this.stores.forUrl(url) !== undefined;
  }

  /**
   * Requests the size from the URL. Error InvalidInput if no store can read it, or nothing is found there, as in
   * glance.
   */
  async look(url: string, metadata: Readonly<Record<string, unknown>> = {}): Promise<ExternalObject> {
    const store = this.stores.forUrl(url);
    const size = await store?.sizeOf(url).catch((error: unknown) => {
      if (error instanceof ImageStoreError) return 0;
      throw error;
    });
    if (store === undefined || size === undefined || size === 0) {
      throw new ExpectedError('InvalidInput', 'Invalid location');
    }
    return { store: store.id, url, size, metadata };
  }
}
