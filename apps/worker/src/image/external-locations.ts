import { ExpectedError } from '#libs/contracts';
import { ImageStoreError } from '#libs/imagestore';
import type { ImageStores } from '#libs/imagestore';
import type { ExternalObject } from './image-objects.js';

/** Looks at data that lies elsewhere before it becomes an image's. */
export class ExternalLocations {
  constructor(private readonly stores: ImageStores) {}

  /** Whether there is a store that reads the URL. */
  serves(url: string): boolean {
    return this.stores.forUrl(url) !== undefined;
  }

  /** Asks the URL for its size. Error InvalidInput where no store serves it, or nothing is there, as glance has it. */
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
