import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type {
  ImageData,
  ImageFinishArgs,
  ImageSourceData,
  ImageTokenArgs,
  ImageUploadArgs,
  ImageUploadData,
} from '#libs/contracts';
import type { ImageStores } from '#libs/imagestore';
import type { RequestContext } from '#libs/telemetry';
import type { Store, Transaction } from '../store/index.js';
import type { ImageAccess } from './image-access.js';
import { forbidden } from './image-changes.js';
import type { ImageLimits } from './image-limits.js';
import { requeue } from './image-objects.js';
import type { ImageObjects } from './image-objects.js';

function conflict(message: string): ExpectedError {
  return new ExpectedError('Conflict', message);
}

function gone(id: string): ExpectedError {
  return new ExpectedError(
    'ImageGone',
    `Image ${id} could not be found after upload. The image may have been deleted during the upload, cleaning up the ` +
      'chunks uploaded.',
    { id },
  );
}

/** Controls who may write and read image data, and the state of an image when its data has arrived. */
export class ImageDataManager {
  constructor(
    private readonly store: Store,
    private readonly access: ImageAccess,
    private readonly limits: ImageLimits,
    private readonly objects: ImageObjects,
    private readonly stores: ImageStores,
    private readonly leaseSeconds: () => number,
  ) {}

  /** Errors: ImageNotFound, PolicyNotAuthorized, InvalidInput, Conflict (not queued), ImageLimitExceeded. */
  async claim(ctx: RequestContext, args: ImageUploadArgs): Promise<ImageUploadData> {
    const { id, purpose } = args;
    const preset = purpose === 'stage' ? this.stores.staging : this.stores.default;
    const store = args.store === undefined || args.store === null ? preset : this.stores.find(args.store);
    if (store === undefined)
      throw new ExpectedError('InvalidInput', `Unknown scheme '${args.store ?? ''}' found in URI`);
    if (store.kind === 'http') {
      throw new ExpectedError('ImageGone', 'Error in store configuration. Adding images to store is disabled.', { id });
    }
    const isUpload = purpose === 'upload';
    return this.store.transaction(
      async (tx) => {
        // The quota is locked before the image, whose owner determines the quota.
        const { owner } = await this.access.get(tx, ctx, id);
        const resource = isUpload ? 'image_size_total' : 'image_stage_total';
        const limit = await this.limits.roomForData(tx, owner, resource, args.size ?? null);
        const image = await this.access.lock(tx, ctx, id);
        this.access.require(ctx, isUpload ? 'upload_image' : 'modify_image', image);
        const next = isUpload ? 'saving' : 'uploading';
        if (image.status !== 'queued') {
          throw conflict(`Image status transition from ${image.status} to ${next} is not allowed`);
        }
        if (isUpload) requireFormats(image);
        const token = await this.objects.begin(tx, id, store.id);
        await tx
          .updateTable('images')
          .set({ status: next, updated_at: sql<string>`business_now()` })
          .where('id', '=', id)
          .execute();
        const { disk_format } = image;
        return {
          image_id: id,
          token,
          key: token,
          store: store.id,
          limit,
          disk_format,
          lease_seconds: this.leaseSeconds(),
        };
      },
      { name: 'image_data_claim' },
    );
  }

  /** Error ImageGone. */
  async renew(_ctx: RequestContext, { id, token }: ImageTokenArgs): Promise<void> {
    if (!(await this.objects.renew(this.store.db, id, token))) throw gone(id);
  }

  /** Errors: ImageGone. Repeating the same finish is allowed. */
  async finish(_ctx: RequestContext, args: ImageFinishArgs): Promise<void> {
    const { id, token, size } = args;
    await this.store.transaction(
      async (tx) => {
        const image = await tx
          .selectFrom('images')
          .select('status')
          .where('id', '=', id)
          .forUpdate()
          .executeTakeFirst();
        const object = await this.objects.claimed(tx, id, token);
        if (image === undefined || object === undefined) {
          if (await this.#isSettled(tx, id, token)) return;
          throw gone(id);
        }
        if (image.status === 'uploading') {
          await this.objects.settle(tx, token, 'staged', size);
          await tx
            .updateTable('images')
            .set({ size, updated_at: sql<string>`business_now()` })
            .where('id', '=', id)
            .execute();
          return;
        }
        if (image.status !== 'saving') throw gone(id);
        await this.objects.settle(tx, token, 'stored', size);
        await activate(tx, id, args);
      },
      { name: 'image_data_finish' },
    );
  }

  async abandon(_ctx: RequestContext, { id, token }: ImageTokenArgs): Promise<void> {
    await this.store.transaction(
      async (tx) => {
        await tx.selectFrom('images').select('id').where('id', '=', id).forUpdate().execute();
        if ((await this.objects.claimed(tx, id, token)) === undefined) return;
        await this.objects.doom(tx, id, token);
        await requeue(tx, id);
      },
      { name: 'image_data_abandon' },
    );
  }

  /** Errors: ImageNotFound, PolicyNotAuthorized, ImageForbidden (deactivated). */
  async locate(ctx: RequestContext, id: string): Promise<ImageSourceData> {
    const image = await this.access.get(this.store.db, ctx, id);
    if (image.status === 'deactivated' && !this.access.isAdmin(ctx)) {
      throw forbidden('The requested image has been deactivated. Image data download is forbidden.');
    }
    this.access.require(ctx, 'download_image', image);
    const stored = await this.objects.find(this.store.db, id, 'stored');
    const [first] = this.stores.preferred(stored);
    if (first === undefined) return { image, store: null, key: null };
    return { image, store: first.store.id, key: first.object.url ?? first.object.key };
  }

  async #isSettled(tx: Transaction, id: string, token: string): Promise<boolean> {
    const found = await tx
      .selectFrom('image_objects')
      .select('key')
      .where('key', '=', token)
      .where('image_id', '=', id)
      .where('state', 'in', ['staged', 'stored'])
      .executeTakeFirst();
    return found !== undefined;
  }
}

/** glance requires both formats before it accepts data (glance.domain.Image.status). Error InvalidInput. */
export function requireFormats(image: ImageData): void {
  const missing = (['disk_format', 'container_format'] as const).filter((name) => (image[name] ?? '') === '');
  if (missing.length === 0) return;
  const noun = missing.length === 1 ? 'Property' : 'Properties';
  throw new ExpectedError('InvalidInput', `${noun} ${missing.join(', ')} must be set prior to saving data.`);
}

/** Size and digests of complete data. */
export type ImageMeasures = Pick<
  ImageFinishArgs,
  'size' | 'checksum' | 'os_hash_algo' | 'os_hash_value' | 'virtual_size'
>;

export async function activate(tx: Transaction, id: string, measures: ImageMeasures): Promise<void> {
  const { size, checksum, os_hash_algo, os_hash_value, virtual_size } = measures;
  await tx
    .updateTable('images')
    .set({
      status: 'active',
      size,
      checksum,
      os_hash_algo,
      os_hash_value,
      virtual_size: virtual_size ?? null,
      updated_at: sql<string>`business_now()`,
    })
    .where('id', '=', id)
    .execute();
}
