import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { ImageData, ImageMemberArgs, ImageMemberData, ImageMemberUpdateArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { violatedUnique } from '../store/index.js';
import type { Queries, Store } from '../store/index.js';
import type { ImageAccess } from './image-access.js';
import { forbidden } from './image-changes.js';
import type { ImageLimits } from './image-limits.js';

const STATUSES: readonly ImageMemberData['status'][] = ['pending', 'accepted', 'rejected'];

/** The projects with which an image is shared (glance.api.v2.image_members). */
export class ImageMembers {
  constructor(
    private readonly store: Store,
    private readonly access: ImageAccess,
    private readonly limits: ImageLimits,
  ) {}

  /** All members for the owner and administrators; for a member only itself. */
  async list(ctx: RequestContext, id: string): Promise<readonly ImageMemberData[]> {
    const image = await this.#image(this.store.db, ctx, id);
    if (image.visibility !== 'shared') {
      throw forbidden(`Not allowed to list members for image ${id}: Only shared images have members.`);
    }
    this.access.require(ctx, 'get_members', image);
    return this.#visible(this.store.db, ctx, image).orderBy('created_at').orderBy('member_id').execute();
  }

  /** Errors: ImageNotFound, ImageMemberNotFound. */
  async get(ctx: RequestContext, { id, member_id: memberId }: ImageMemberArgs): Promise<ImageMemberData> {
    const image = await this.#image(this.store.db, ctx, id);
    if (image.visibility !== 'shared')
      throw new ExpectedError('ImageMemberNotFound', 'Only shared images have members.');
    return this.#find(this.store.db, ctx, image, memberId);
  }

  /** Errors: ImageNotFound, ImageForbidden, Conflict, ImageLimitExceeded. */
  async create(ctx: RequestContext, { id, member_id: memberId }: ImageMemberArgs): Promise<ImageMemberData> {
    return this.store.transaction(
      async (tx) => {
        await sql`select 1 from images where id = ${id} for update`.execute(tx);
        const image = await this.#image(tx, ctx, id);
        if (image.visibility !== 'shared' || !this.access.allows(ctx, 'add_member', image)) {
          throw forbidden(`Not allowed to create members for image ${id}.`);
        }
        const { rows } = await sql<{ count: number }>`
          select count(*)::int as count from image_members where image_id = ${id}`.execute(tx);
        this.limits.requireCount('members', (rows[0]?.count ?? 0) + 1);
        try {
          return await tx
            .insertInto('image_members')
            .values({ image_id: id, member_id: memberId })
            .returningAll()
            .executeTakeFirstOrThrow();
        } catch (error) {
          if (violatedUnique(error) === undefined) throw error;
          throw new ExpectedError('Conflict', `Member ${memberId} is duplicated for image ${id}`);
        }
      },
      { name: 'image_member_create' },
    );
  }

  /** Errors: ImageNotFound, ImageForbidden, ImageMemberNotFound, InvalidInput. */
  async update(ctx: RequestContext, args: ImageMemberUpdateArgs): Promise<ImageMemberData> {
    const { id, member_id: memberId } = args;
    return this.store.transaction(
      async (tx) => {
        const image = await this.#image(tx, ctx, id);
        const denied = forbidden(`Not allowed to update members for image ${id}.`);
        if (image.visibility !== 'shared') throw denied;
        await this.#find(tx, ctx, image, memberId);
        if (!this.access.allows(ctx, 'modify_member', image)) throw denied;
        const status = STATUSES.find((known) => known === args.status);
        if (status === undefined) {
          throw new ExpectedError(
            'InvalidInput',
            'Incorrect request: Status must be "pending", "accepted" or "rejected".',
          );
        }
        return tx
          .updateTable('image_members')
          .set({ status, updated_at: sql<string>`business_now()` })
          .where('image_id', '=', id)
          .where('member_id', '=', memberId)
          .returningAll()
          .executeTakeFirstOrThrow();
      },
      { name: 'image_member_update' },
    );
  }

  /** Errors: ImageNotFound, ImageForbidden, ImageMemberNotFound. */
  async delete(ctx: RequestContext, { id, member_id: memberId }: ImageMemberArgs): Promise<void> {
    await this.store.transaction(
      async (tx) => {
        const image = await this.#image(tx, ctx, id);
        const denied = forbidden(`Not allowed to delete members for image ${id}.`);
        if (image.visibility !== 'shared') throw denied;
        await this.#find(tx, ctx, image, memberId);
        if (!this.access.allows(ctx, 'delete_member', image)) throw denied;
        await tx.deleteFrom('image_members').where('image_id', '=', id).where('member_id', '=', memberId).execute();
      },
      { name: 'image_member_delete' },
    );
  }

  async #image(db: Queries, ctx: RequestContext, id: string): Promise<ImageData> {
    const image = await this.access.find(db, ctx, id);
    if (image === null) throw new ExpectedError('ImageNotFound', `Image ${id} not found.`, { id });
    return image;
  }

  async #find(db: Queries, ctx: RequestContext, image: ImageData, memberId: string): Promise<ImageMemberData> {
    const found = this.access.allows(ctx, 'get_member', image)
      ? await this.#visible(db, ctx, image).where('member_id', '=', memberId).executeTakeFirst()
      : undefined;
    if (found !== undefined) return found;
    throw new ExpectedError(
      'ImageMemberNotFound',
      `${memberId} not found in the member list of the image ${image.id}.`,
    );
  }

  #visible(db: Queries, ctx: RequestContext, image: ImageData) {
    const query = db.selectFrom('image_members').selectAll().where('image_id', '=', image.id);
    if (image.owner === ctx.project_id || this.access.isAdmin(ctx)) return query;
    return query.where('member_id', '=', ctx.project_id ?? '');
  }
}
