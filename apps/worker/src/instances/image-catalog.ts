import type { ImageData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Queries } from '../store/index.js';

/** Where a create looks its image up. */
export abstract class ImageCatalog {
  /** The image, or null when there is none that the caller can see. */
  abstract find(db: Queries, context: RequestContext, id: string): Promise<ImageData | null>;
}
