import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { ImageData } from '#libs/contracts';
import type { PolicyTarget } from '#libs/policy';
import type { RequestContext } from '#libs/telemetry';
import { getRow } from '../listing/get-row.js';
import type { Authorizer } from '../policy/authorizer.js';
import type { Queries, Transaction } from '../store/index.js';
import { imageList } from './image-list.js';
import { visibleImages } from './image-visibility.js';

/** glance's words for an unknown image. */
export function noImage(id: string): ExpectedError {
  return new ExpectedError('ImageNotFound', `No image found with ID ${id}`, { id });
}

/** Loads images for a caller, and asks the rules about them: an image that it cannot see is not there. */
export class ImageAccess {
  constructor(private readonly authorizer: Authorizer) {}

  /** An image that the caller may see, or null. */
  find(db: Queries, ctx: RequestContext, id: string): Promise<ImageData | null> {
    return getRow<ImageData>(db, imageList, visibleImages(this.authorizer, ctx), id);
  }

  /** Error ImageNotFound. */
  async get(db: Queries, ctx: RequestContext, id: string): Promise<ImageData> {
    const image = await this.find(db, ctx, id);
    if (image === null) throw noImage(id);
    return image;
  }

  /** The image, locked until the transaction ends. Error ImageNotFound. */
  async lock(tx: Transaction, ctx: RequestContext, id: string): Promise<ImageData> {
    await sql`select 1 from images where id = ${id} for update`.execute(tx);
    return this.get(tx, ctx, id);
  }

  isAdmin(ctx: RequestContext): boolean {
    return this.authorizer.allows(ctx, 'image', 'context_is_admin', {});
  }

  allows(ctx: RequestContext, rule: string, image: ImageTarget): boolean {
    return this.authorizer.allows(ctx, 'image', rule, targetOf(ctx, image));
  }

  /** Error PolicyNotAuthorized, in glance's words. */
  require(ctx: RequestContext, rule: string, image: ImageTarget): void {
    if (this.allows(ctx, rule, image)) return;
    throw new ExpectedError('PolicyNotAuthorized', `You are not authorized to complete ${rule} action.`, { rule });
  }

  /** Making an image public or a community image has rules of its own. */
  requireVisibility(ctx: RequestContext, visibility: string, image: ImageTarget): void {
    if (visibility === 'public') this.require(ctx, 'publicize_image', image);
    if (visibility === 'community') this.require(ctx, 'communitize_image', image);
  }
}

/** An image, or one that is to be. */
export interface ImageTarget {
  readonly owner: string | null;
  readonly visibility: string;
  readonly properties?: Readonly<Record<string, string>>;
}

/** glance's ImageTarget. Who sees a shared image of another project does so as its member. */
function targetOf(ctx: RequestContext, { owner, visibility, properties = {} }: ImageTarget): PolicyTarget {
  const project = ctx.project_id ?? '';
  return {
    ...properties,
    // Two projects that are none are not the same.
    project_id: owner ?? '',
    owner: owner ?? '',
    visibility,
    member_id: visibility === 'shared' && owner !== project ? project : null,
  };
}
