import type { ImageData, ListArgs, Page } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { listRows } from '../listing/list-rows.js';
import { Authorizer } from '../policy/authorizer.js';
import { Store } from '../store/index.js';
import type { Queries } from '../store/index.js';
import { ImageAccess, listedImages } from './image-access.js';
import { imageListFor } from './image-list.js';

/** The images that the caller may see. */
export class ImageCatalog {
  readonly #access: ImageAccess;

  constructor(
    private readonly store: Store,
    private readonly authorizer: Authorizer,
  ) {
    this.#access = new ImageAccess(authorizer);
  }

  async list(ctx: RequestContext, args: ListArgs): Promise<Page<ImageData>> {
    const definition = imageListFor(Object.keys(args.filters ?? {}));
    const listed = listedImages(this.authorizer, ctx, args);
    const { rows, nextMarker } = await listRows<ImageData>(this.store.db, definition, listed, args);
    return { objects: rows, next_marker: nextMarker };
  }

  /** Error ImageNotFound, also for an image that the caller may not see. */
  get(ctx: RequestContext, id: string): Promise<ImageData> {
    return this.#access.get(this.store.db, ctx, id);
  }

  /** The image for a server, or null; inside a transaction, pass it as `db`. */
  find(ctx: RequestContext, id: string, db: Queries = this.store.db): Promise<ImageData | null> {
    return this.#access.find(db, ctx, id);
  }
}
