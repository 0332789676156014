import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { ListArgs, ImageData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { ExpectedError } from '#libs/contracts';
import type { PolicyTarget } from '#libs/policy';
import type { Authorizer } from '../policy/authorizer.js';
import { getRow } from '../listing/read-rows.js';
import type { Queries, Transaction } from '../store/index.js';
import { imageList } from './image-list.js';

const ALL = sql<boolean>`true`;
const NONE = sql<boolean>`false`;

/**
 * The images that exist for a caller: public and community images, its own, and those shared with it (in any member
 * status); for administrators all. Writers lock rows by the same condition.
 */
function visibleImages(authorizer: Authorizer, ctx: RequestContext): RawBuilder<boolean> {
  return visible(authorizer, ctx, null);
}

/**
 * The images that a list shows: as above, with two exceptions. Shared images only if the project has accepted them (or
 * has the requested status). Community images of other projects only if the request asks for that visibility.
 */
export function listedImages(authorizer: Authorizer, ctx: RequestContext, args: ListArgs): RawBuilder<boolean> {
  const status = args.filters?.['member_status']?.at(-1) ?? 'accepted';
  const shown = visible(authorizer, ctx, status === 'all' ? null : status);
  if (args.filters?.['visibility'] !== undefined) return shown;
  return sql<boolean>`(${shown} and (i.visibility <> 'community' or i.owner = ${ctx.project_id ?? ''}))`;
}

function visible(authorizer: Authorizer, ctx: RequestContext, memberStatus: string | null): RawBuilder<boolean> {
  if (authorizer.allows(ctx, 'image', 'get_image', {})) return ALL;
  const project = ctx.project_id ?? '';
  const target = { project_id: project, owner: project, visibility: 'public' };
  if (!authorizer.allows(ctx, 'image', 'get_image', target)) return NONE;
  if (project === '') return sql<boolean>`i.visibility in ('public', 'community')`;
  const status = memberStatus === null ? ALL : sql`m.status = ${memberStatus}`;
  // Each branch can use an index of its own: shared images are selected by id, since no index could serve an "exists".
  return sql<boolean>`(i.visibility in ('public', 'community') or i.owner = ${project}
    or (i.visibility = 'shared' and i.id = any(array(
      select m.image_id from image_members m where m.member_id = ${project} and ${status}))))`;
}

/** glance's text for an unknown image. */
function noImage(id: string): ExpectedError {
  return new ExpectedError('ImageNotFound', `No image found with ID ${id}`, { id });
}

/**
 * Loads images for a caller, and checks the policy rules about them: an image that the caller may not see does not
 * exist for it.
 */
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

  /** A change to the visibility public or community has policy rules of its own. */
  requireVisibility(ctx: RequestContext, visibility: string, image: ImageTarget): void {
    if (visibility === 'public') this.require(ctx, 'publicize_image', image);
    if (visibility === 'community') this.require(ctx, 'communitize_image', image);
  }
}

/** An image, or the input of a new one. */
interface ImageTarget {
  readonly owner: string | null;
  readonly visibility: string;
  readonly properties?: Readonly<Record<string, string>>;
}

/** glance's ImageTarget. A caller that sees another project's shared image does so as its member. */
function targetOf(ctx: RequestContext, { owner, visibility, properties = {} }: ImageTarget): PolicyTarget {
  const project = ctx.project_id ?? '';
  return {
    ...properties,
    // Two absent projects must not compare as equal.
    project_id: owner ?? '',
    owner: owner ?? '',
    visibility,
    member_id: visibility === 'shared' && owner !== project ? project : null,
  };
}
