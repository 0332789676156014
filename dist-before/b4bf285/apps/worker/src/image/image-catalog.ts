import { ExpectedError } from '#libs/contracts';
import type { ImageData, ListArgs, Page } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { getRow } from '../listing/get-row.js';
import { listRows } from '../listing/list-rows.js';
import { Authorizer } from '../policy/authorizer.js';
import { Store } from '../store/index.js';
import type { Queries } from '../store/index.js';
import { imageList, visibleImages } from './image-list.js';

/** The images as far as the caller may see them. */
export class ImageCatalog {
  constructor(
    private readonly store: Store,
    private readonly authorizer: Authorizer,
  ) {}

  async list(ctx: RequestContext, args: ListArgs): Promise<Page<ImageData>> {
    const visible = visibleImages(this.authorizer, ctx);
    const { rows, nextMarker } = await listRows<ImageData>(this.store.db, imageList, visible, args);
    return { objects: rows, next_marker: nextMarker };
  }

  /** Error ImageNotFound, also for an image that the caller may not see. */
  async get(ctx: RequestContext, id: string): Promise<ImageData> {
    const image = await this.find(ctx, id);
    if (image === null) throw new ExpectedError('ImageNotFound', `No image found with ID ${id}`, { id });
    return image;
  }

  /** The image for a server, or null; inside a transaction give it as `db`. */
  find(ctx: RequestContext, id: string, db: Queries = this.store.db): Promise<ImageData | null> {
    return getRow<ImageData>(db, imageList, visibleImages(this.authorizer, ctx), id);
  }
}
