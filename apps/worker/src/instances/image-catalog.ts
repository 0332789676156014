import type { ImageData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';

/** Where a create looks its image up. */
export abstract class ImageCatalog {
  /** The image, or null when there is none that the caller can see. */
  abstract find(context: RequestContext, id: string): Promise<ImageData | null>;
}
