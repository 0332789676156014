import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { ImageActionArgs, ImageCreateArgs, ImageData, ImageTagArgs, ImageUpdateArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { violatedUnique } from '../store/index.js';
import type { Store, Transaction } from '../store/index.js';
import type { ImageAccess } from './image-access.js';
import { applyChanges, forbidden } from './image-changes.js';
import type { ImageLimits } from './image-limits.js';
import type { ImageObjects } from './image-objects.js';
import type { LocationChanges } from './location-changes.js';

/** Creates, changes and deletes images (glance.api.v2.images), each in one transaction. */
export class ImageManager {
  constructor(
    private readonly store: Store,
    private readonly access: ImageAccess,
    private readonly limits: ImageLimits,
    private readonly objects: ImageObjects,
    private readonly locations: LocationChanges,
  ) {}

  /**
   * Creates a queued image. Errors: PolicyNotAuthorized, ImageForbidden, ImageLimitExceeded, Conflict (its id is in
   * use).
   */
  async create(ctx: RequestContext, { image, properties }: ImageCreateArgs): Promise<ImageData> {
    const owner = image.owner === undefined ? ctx.project_id : image.owner;
    const visibility = image.visibility ?? 'shared';
    const target = { owner, visibility };
    if (owner !== ctx.project_id && !this.access.allows(ctx, 'add_image', target)) {
      throw forbidden(`You are not permitted to create images owned by '${owner ?? 'None'}'`);
    }
    this.access.require(ctx, 'add_image', target);
    this.access.requireVisibility(ctx, visibility, target);
    const tags = [...new Set(image.tags ?? [])];
    this.limits.requireCount('properties', Object.keys(properties).length);
    this.limits.requireCount('tags', tags.length);
    const id = image.id ?? randomUUID();
    return this.store.transaction(
      async (tx) => {
        await this.limits.roomForImage(tx, owner);
        try {
          await tx
            .insertInto('images')
            .values({
              id,
              name: image.name ?? null,
              status: 'queued',
              visibility: visibility as ImageData['visibility'],
              protected: image.protected ?? false,
              os_hidden: image.os_hidden ?? false,
              owner,
              disk_format: image.disk_format ?? null,
              container_format: image.container_format ?? null,
              size: null,
              virtual_size: null,
              min_disk: image.min_disk ?? 0,
              min_ram: image.min_ram ?? 0,
              checksum: null,
              os_hash_algo: null,
              os_hash_value: null,
              tags: JSON.stringify(tags),
              properties: JSON.stringify(properties),
            })
            .execute();
        } catch (error) {
          if (violatedUnique(error) === undefined) throw error;
          throw new ExpectedError('Conflict', `Image ID ${id} already exists!`);
        }
        return this.access.get(tx, ctx, id);
      },
      { name: 'image_create' },
    );
  }

  /** Errors: ImageNotFound, PolicyNotAuthorized, those of the changes, ImageLimitExceeded. */
  async update(ctx: RequestContext, { id, changes: all }: ImageUpdateArgs): Promise<ImageData> {
    const places = all.filter(({ name }) => name === 'locations');
    const changes = all.filter(({ name }) => name !== 'locations');
    const looked = await this.locations.look(ctx, id, places);
    return this.store.transaction(
      async (tx) => {
        const image = await this.access.lock(tx, ctx, id);
        if (all.length === 0) return image;
        this.access.require(ctx, 'modify_image', image);
        const draft = applyChanges(image, changes, {
          requireVisibility: (visibility) => this.access.requireVisibility(ctx, visibility, image),
          isAdmin: this.access.isAdmin(ctx),
        });
        const fields = Object.fromEntries(draft.fields);
        const tags = fields['tags'];
        if (Array.isArray(tags)) this.limits.requireCount('tags', tags.length);
        if (draft.properties.size > Object.keys(image.properties).length) {
          this.limits.requireCount('properties', draft.properties.size);
        }
        await tx
          .updateTable('images')
          .set({
            ...fields,
            ...(tags === undefined ? {} : { tags: JSON.stringify(tags) }),
            properties: JSON.stringify(Object.fromEntries(draft.properties)),
            updated_at: sql<string>`business_now()`,
          })
          .where('id', '=', id)
          .execute();
        await this.locations.apply(tx, { ...image, ...fields }, places, looked);
        // As the caller sees it, who may have given it to another project.
        return (await this.access.find(tx, ctx, id)) ?? { ...image, ...fields };
      },
      { name: 'image_update' },
    );
  }

  /** Errors: ImageNotFound, PolicyNotAuthorized, ImageForbidden (protected). Also deletes its data. */
  async delete(ctx: RequestContext, id: string): Promise<void> {
    await this.store.transaction(
      async (tx) => {
        const image = await this.access.lock(tx, ctx, id).catch((error: unknown) => {
          if (error instanceof ExpectedError && error.code === 'ImageNotFound') {
            throw new ExpectedError('ImageNotFound', `Failed to find image ${id} to delete`, { id });
          }
          throw error;
        });
        this.access.require(ctx, 'delete_image', image);
        if (image.protected) throw forbidden(`Image ${id} is protected and cannot be deleted.`);
        await this.objects.doom(tx, id);
        await tx.deleteFrom('images').where('id', '=', id).execute();
      },
      { name: 'image_delete' },
    );
  }

  /** Errors: ImageNotFound, PolicyNotAuthorized, ImageForbidden (in another status). */
  async act(ctx: RequestContext, { id, action }: ImageActionArgs): Promise<void> {
    const [from, to] =
      action === 'deactivate' ? (['active', 'deactivated'] as const) : (['deactivated', 'active'] as const);
    await this.store.transaction(
      async (tx) => {
        const image = await this.access.lock(tx, ctx, id);
        this.access.require(ctx, action, image);
        if (image.status === to) return;
        if (image.status !== from) throw forbidden(`Not allowed to ${action} image in status '${image.status}'`);
        await this.#set(tx, id, { status: to });
      },
      { name: 'image_action' },
    );
  }

  /** Errors: ImageNotFound (also for an unknown tag), PolicyNotAuthorized, ImageLimitExceeded. */
  async tag(ctx: RequestContext, { id, op, tag }: ImageTagArgs): Promise<void> {
    await this.store.transaction(
      async (tx) => {
        const image = await this.access.lock(tx, ctx, id);
        this.access.require(ctx, 'modify_image', image);
        const exists = image.tags.includes(tag);
        if (op === 'remove' && !exists) {
          throw new ExpectedError('ImageNotFound', 'The resource could not be found.', { id });
        }
        if (op === 'add' && exists) return;
        const tags = op === 'add' ? [...image.tags, tag] : image.tags.filter((other) => other !== tag);
        if (op === 'add') this.limits.requireCount('tags', tags.length);
        await this.#set(tx, id, { tags: JSON.stringify(tags) });
      },
      { name: 'image_tag' },
    );
  }

  async #set(tx: Transaction, id: string, values: { status?: ImageData['status']; tags?: string }): Promise<void> {
    await tx
      .updateTable('images')
      .set({ ...values, updated_at: sql<string>`business_now()` })
      .where('id', '=', id)
      .execute();
  }
}
