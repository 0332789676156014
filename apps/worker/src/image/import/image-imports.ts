import { sql } from 'kysely';
import { ExpectedError, imageFieldsByName, isRecord, refuseImageValue } from '#libs/contracts';
import type { ImageCreateArgs, ImageData, ImageImportArgs, ImageTaskCreateArgs, ImageTaskData } from '#libs/contracts';
import type { ImageStores, ImportFilter } from '#libs/imagestore';
import type { RequestContext } from '#libs/telemetry';
import type { Store } from '../../store/index.js';
import type { ImageAccess } from '../image-access.js';
import type { ImageLimits } from '../image-limits.js';
import type { ImageManager } from '../image-manager.js';
import type { ImageObjects } from '../image-objects.js';
import type { ImageTasks } from './image-tasks.js';

/** The property of an image during an import, glance's lock. */
export const IMPORT_LOCK = 'os_glance_import_task';
/**
 * Properties with the stores that an import has still to fill, and those that it could not fill; empty after the
 * import.
 */
export const IMPORTING_TO = 'os_glance_importing_to_stores';
export const FAILED_IMPORT = 'os_glance_failed_import';

/** The properties of an image during an import. */
function importMarks(taskId: string, stores: readonly string[]): Readonly<Record<string, string>> {
  return { [IMPORT_LOCK]: taskId, [IMPORTING_TO]: stores.join(','), [FAILED_IMPORT]: '' };
}

const conflict = (message: string): ExpectedError => new ExpectedError('Conflict', message);
const invalid = (message: string): ExpectedError => new ExpectedError('InvalidInput', message);

/** Starts imports (glance.api.v2.images.import_image, tasks.create): all checks, and a task that waits for a worker. */
export class ImageImports {
  constructor(
    private readonly store: Store,
    private readonly access: ImageAccess,
    private readonly limits: ImageLimits,
    private readonly objects: ImageObjects,
    private readonly tasks: ImageTasks,
    private readonly stores: ImageStores,
    private readonly filter: ImportFilter,
    private readonly manager: ImageManager,
    private readonly wake: () => void,
  ) {}

  /** The task's id. Errors: ImageNotFound, PolicyNotAuthorized, Conflict, InvalidInput, ImageLimitExceeded. */
  async start(ctx: RequestContext, args: ImageImportArgs): Promise<string | null> {
    const { id, method, uri } = args;
    return this.store.transaction(
      async (tx) => {
        const { owner } = await this.access.get(tx, ctx, id);
        await this.limits.roomForData(tx, owner, 'image_size_total', null);
        const image = await this.access.lock(tx, ctx, id);
        this.access.require(ctx, method === 'copy-image' ? 'copy_image' : 'modify_image', image);
        requireStatus(image, method);
        for (const name of ['container_format', 'disk_format'] as const) {
          if ((image[name] ?? '') === '') throw conflict(`'${name}' needs to be set before import`);
        }
        if (image.properties[IMPORT_LOCK] !== undefined) throw conflict('Image has active task');
        const wanted = this.#storesOf(args);
        const missing = wanted.filter((store) => !image.stores.includes(store));
        if (method === 'copy-image') {
          if (args.all_stores === true && missing.length === 0) return null;
          const there = wanted.find((store) => image.stores.includes(store));
          if (args.all_stores !== true && there !== undefined) {
            throw invalid(`Image is already present at store '${there}'`);
          }
        }
        if (method === 'web-download' && !this.filter.allows(uri ?? '')) {
          throw invalid(`URI for web-download does not pass filtering: ${uri ?? 'None'}`);
        }
        if (method === 'glance-direct' && (await this.objects.find(tx, id, 'staged')).length === 0) {
          throw conflict("Image needs to be staged before 'glance-direct' method can be used");
        }
        const backend = method === 'copy-image' ? missing : wanted;
        const input = { image_id: id, import_req: args.request, backend };
        const task = await this.tasks.add(tx, ctx, { type: 'api_image_import', imageId: id, input });
        await tx
          .updateTable('images')
          .set({
            ...(method === 'copy-image' ? {} : { status: 'importing' }),
            properties: JSON.stringify({ ...image.properties, ...importMarks(task.id, backend) }),
            updated_at: sql<string>`business_now()`,
          })
          .where('id', '=', id)
          .execute();
        this.store.afterCommit(tx, this.wake);
        return task.id;
      },
      { name: 'image_import' },
    );
  }

  /**
   * The older way: a task that creates an image from a URL. Errors: PolicyNotAuthorized, InvalidInput, those of
   * creating an image.
   */
  async createTask(ctx: RequestContext, { type, input }: ImageTaskCreateArgs): Promise<ImageTaskData> {
    this.access.require(ctx, 'tasks_api_access', { owner: ctx.project_id, visibility: 'private' });
    if (type !== 'import') throw invalid(`Provided type of task is unsupported: ${type}`);
    const { import_from: from, import_from_format: format, image_properties: properties } = input;
    if (typeof from !== 'string' || typeof format !== 'string' || !isRecord(properties)) {
      throw invalid("Input does not contain 'import_from', 'import_from_format' and 'image_properties'");
    }
    if (!this.filter.allows(from)) throw invalid(`URI for import does not pass filtering: ${from}`);
    const image = await this.manager.create(ctx, splitProperties({ disk_format: format, ...properties }));
    return this.store.transaction(
      async (tx) => {
        const added = await this.tasks.add(tx, ctx, { type, imageId: image.id, input });
        await tx
          .updateTable('images')
          .set({
            status: 'importing',
            properties: JSON.stringify({ ...image.properties, ...importMarks(added.id, [this.stores.default.id]) }),
          })
          .where('id', '=', image.id)
          .execute();
        this.store.afterCommit(tx, this.wake);
        return added;
      },
      { name: 'image_task_create' },
    );
  }

  /** Error Conflict for an unknown store. */
  #storesOf(args: ImageImportArgs): readonly string[] {
    if (args.all_stores === true) return this.stores.writable.map(({ id }) => id);
    const wanted = args.stores ?? [];
    if (wanted.length === 0) return [this.stores.default.id];
    for (const store of wanted) {
      if (this.stores.find(store) === undefined) throw conflict(`Unknown scheme '${store}' found in URI`);
    }
    return wanted;
  }
}

function requireStatus({ status }: ImageData, method: ImageImportArgs['method']): void {
  if (method === 'copy-image') {
    if (status !== 'active') throw conflict('Only images with status active can be targeted for copying');
    return;
  }
  if (status === 'active') throw conflict('Image with status active cannot be target for import');
  if (method === 'web-download' && status !== 'queued') {
    throw conflict("Image needs to be in 'queued' state to use 'web-download' method");
  }
  if (method === 'glance-direct' && status !== 'uploading') {
    throw conflict("Image needs to be staged before 'glance-direct' method can be used");
  }
}

/** Splits a flat record into an image's fields and properties. Error InvalidInput. */
function splitProperties(values: Readonly<Record<string, unknown>>): ImageCreateArgs {
  const image: Record<string, unknown> = {};
  const properties: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    const reason = refuseImageValue(name, value);
    if (reason !== undefined) throw invalid(reason);
    const field = imageFieldsByName.get(name);
    if (field?.post !== undefined) image[name] = value;
    else if (field === undefined && typeof value === 'string') properties[name] = value;
  }
  return { image, properties };
}
