import { sql } from 'kysely';
import { isRecord } from '#libs/contracts';
import { Measured, WebSourceError, openWebSource } from '#libs/imagestore';
import type { ImageStores, ImportFilter, Measures } from '#libs/imagestore';
import { getLogger } from '#libs/telemetry';
import type { Queries, Store, Transaction } from '../../store/index.js';
import { activate } from '../image-data-manager.js';
import type { ImageObject, ImageObjects } from '../image-objects.js';
import { FAILED_IMPORT, IMPORTING_TO, IMPORT_LOCK } from './image-imports.js';
import type { ImageTasks, TaskRow } from './image-tasks.js';
import { ImportFailed } from './image-tasks.js';
import type { LocationImporter } from './location-importer.js';

const log = getLogger('albireo.image.import');

/** Imports that a worker runs at the same time; others wait in the database. */
const AT_ONCE = 2;
const RENEWALS = 3;

/** A complete object in a store. */
interface Written {
  readonly key: string;
  readonly measures: Measures;
}

/** Runs waiting tasks: copies data from a stage, the web or another store into stores, and makes images active. */
export class ImageImporter {
  #running = 0;
  readonly #stop = new AbortController();
  readonly #work = new Set<Promise<void>>();

  constructor(
    private readonly store: Store,
    private readonly stores: ImageStores,
    private readonly objects: ImageObjects,
    private readonly tasks: ImageTasks,
    private readonly filter: ImportFilter,
    private readonly locations: LocationImporter,
    private readonly settings: { readonly leaseSeconds: () => number; readonly sizeCap: () => number },
  ) {}

  /** Starts waiting tasks, as far as there is room. Never throws. */
  wake(): void {
    if (this.#running >= AT_ONCE || this.#stop.signal.aborted) return;
    this.#running += 1;
    const work = this.#workOff()
      .catch((error: unknown) => log.warning(`Imports wait for a better moment: ${String(error)}`))
      .finally(() => {
        this.#running -= 1;
        this.#work.delete(work);
      });
    this.#work.add(work);
  }

  /** Aborts running tasks: another worker starts them again when the lease ends. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('the worker stops'));
    await Promise.all(this.#work);
  }

  async #workOff(): Promise<void> {
    for (;;) {
      if (this.#stop.signal.aborted) return;
      const task = await this.tasks.take();
      if (task === undefined) return;
      await this.#run(task);
    }
  }

  async #run(task: TaskRow): Promise<void> {
    const renewal = setInterval(
      () => {
        this.tasks.renew(task.id).catch((error: unknown) => log.warning(`Task ${task.id}: ${String(error)}`));
      },
      (this.settings.leaseSeconds() * 1000) / RENEWALS,
    );
    try {
      if (task.type === 'location_import') await this.locations.import(task, this.#stop.signal);
      else await this.#import(task);
    } catch (error) {
      // The task is not finished: the next worker that takes it starts again.
      if (this.#stop.signal.aborted) return;
      log.warning(`Task ${task.id} of image ${task.image_id ?? 'none'} failed: ${String(error)}`);
      const message =
        error instanceof ImportFailed || error instanceof WebSourceError
          ? error.message
          : 'The import failed unexpectedly.';
      await this.store.transaction((tx) => this.#fail(tx, task, message), { name: 'image_import_failed' });
    } finally {
      clearInterval(renewal);
    }
  }

  /** The stores that a task fills. */
  #backendOf({ input: { backend } }: TaskRow): readonly string[] {
    return Array.isArray(backend) ? backend.map(String) : [this.stores.default.id];
  }

  async #import(task: TaskRow): Promise<void> {
    const { id: taskId, type, image_id: imageId, input } = task;
    if (imageId === null) throw new ImportFailed('The task names no image.');
    const request = isRecord(input['import_req']) ? input['import_req'] : {};
    const method = isRecord(request['method']) ? request['method'] : {};
    const backend = this.#backendOf(task);
    const uri = type === 'import' ? input['import_from'] : method['uri'];
    const name = type === 'import' ? 'web-download' : String(method['name']);
    const source = await this.#source(imageId, name, uri);
    const { written, failed } = await this.#fill(task, backend, source, request['all_stores_must_succeed'] !== false);
    const [first] = written;
    if (first === undefined) throw new ImportFailed('The image goes to no store.');
    await this.store.transaction(
      async (tx) => {
        const image = await lockImage(tx, imageId);
        if (image === undefined) throw new ImportFailed('The image was deleted meanwhile.');
        for (const { key, measures } of written) await this.objects.settle(tx, key, 'stored', measures.size);
        const { disk, ...measures } = first.measures;
        if (name !== 'copy-image') await activate(tx, imageId, { ...measures, virtual_size: disk.virtualSize });
        await unlock(tx, imageId, taskId, failed);
        for (const { key } of await this.objects.find(tx, imageId, 'staged')) await this.objects.doom(tx, imageId, key);
        await this.tasks.finish(tx, taskId, { result: { image_id: imageId } });
      },
      { name: 'image_import_done' },
    );
  }

  /** Fills one store after the other; if a required one fails, the objects already written are deleted. */
  async #fill(
    { id: taskId, image_id: imageId }: TaskRow,
    backend: readonly string[],
    source: () => Promise<AsyncIterable<Uint8Array>>,
    mustSucceed: boolean,
  ): Promise<{ readonly written: readonly Written[]; readonly failed: readonly string[] }> {
    const id = imageId ?? '';
    const written: Written[] = [];
    const failed: string[] = [];
    let reason: unknown;
    try {
      for (const [index, store] of backend.entries()) {
        try {
          written.push(await this.#write(id, store, source));
        } catch (error) {
          if (mustSucceed || this.#stop.signal.aborted) throw error;
          log.warning(`Image ${id} is not in the store ${store}: ${String(error)}`);
          reason = error;
          failed.push(store);
        }
        await mark(this.store.db, id, taskId, backend.slice(index + 1), failed);
      }
      if (written.length === 0 && reason !== undefined) throw reason;
      return { written, failed };
    } catch (error) {
      await this.store.transaction(
        async (tx) => {
          for (const { key } of written) await this.objects.doom(tx, id, key);
        },
        { name: 'image_import_undo' },
      );
      throw error;
    }
  }

  /** The source of the bytes: opened again for every store. */
  async #source(imageId: string, method: string, uri: unknown): Promise<() => Promise<AsyncIterable<Uint8Array>>> {
    if (method === 'web-download') {
      if (typeof uri !== 'string') throw new ImportFailed('web-download needs a uri.');
      return () => openWebSource(uri, this.filter, { signal: this.#stop.signal });
    }
    const state = method === 'copy-image' ? 'stored' : 'staged';
    const [object] = await this.objects.find(this.store.db, imageId, state);
    if (object === undefined) throw new ImportFailed('The data that was to be imported is gone.');
    return () => this.#read(object);
  }

  async #read({ store, key, url }: ImageObject): Promise<AsyncIterable<Uint8Array>> {
    const place = this.stores.find(store);
    if (place === undefined) throw new ImportFailed(`The store ${store} is not configured.`);
    return place.read(url ?? key);
  }

  async #write(imageId: string, storeId: string, source: () => Promise<AsyncIterable<Uint8Array>>): Promise<Written> {
    const store = this.stores.find(storeId);
    if (store === undefined) throw new ImportFailed(`The store ${storeId} is not configured.`);
    const key = await this.store.transaction((tx) => this.objects.begin(tx, imageId, storeId), {
      name: 'image_import_write',
    });
    const renewal = setInterval(
      () => {
        this.objects.renew(this.store.db, imageId, key).catch((error: unknown) => log.warning(String(error)));
      },
      (this.settings.leaseSeconds() * 1000) / RENEWALS,
    );
    try {
      const measured = new Measured(await source(), this.settings.sizeCap());
      await store.write(key, measured);
      return { key, measures: measured.finish() };
    } catch (error) {
      await this.store.transaction((tx) => this.objects.doom(tx, imageId, key), { name: 'image_import_broken' });
      throw error;
    } finally {
      clearInterval(renewal);
    }
  }

  /** Sets the image back to its previous state; staged and partly imported data is deleted. */
  async #fail(tx: Transaction, task: TaskRow, message: string): Promise<void> {
    const { id, type, image_id: imageId } = task;
    if (imageId !== null && (await lockImage(tx, imageId)) !== undefined) {
      await unlock(tx, imageId, id, type === 'location_import' ? undefined : this.#backendOf(task));
      if (type === 'location_import') await this.locations.undo(tx, imageId);
      await tx
        .updateTable('images')
        .set({ status: 'queued', size: null, virtual_size: null })
        .where('id', '=', imageId)
        .where('status', '=', 'importing')
        .execute();
      for (const { key } of await this.objects.find(tx, imageId, 'staged')) await this.objects.doom(tx, imageId, key);
      // An image that this task created.
      if (type === 'import') await tx.deleteFrom('images').where('id', '=', imageId).execute();
    }
    await this.tasks.finish(tx, id, { message });
  }
}

async function lockImage(tx: Transaction, id: string): Promise<{ readonly id: string } | undefined> {
  return tx.selectFrom('images').select('id').where('id', '=', id).forUpdate().executeTakeFirst();
}

/**
 * Removes the task's lock from the image's properties, and records there which stores could not be filled; undefined:
 * the task filled no stores.
 */
async function unlock(tx: Transaction, imageId: string, taskId: string, failed?: readonly string[]): Promise<void> {
  const marks = failed === undefined ? {} : { [IMPORTING_TO]: '', [FAILED_IMPORT]: failed.join(',') };
  await sql`update images set properties = (properties - ${IMPORT_LOCK}::text) || ${JSON.stringify(marks)}::jsonb,
    updated_at = business_now()
    where id = ${imageId} and properties ->> ${IMPORT_LOCK}::text = ${taskId}`.execute(tx);
}

/** Records which stores are still to be filled, and which could not be. */
async function mark(
  db: Queries,
  imageId: string,
  taskId: string,
  left: readonly string[],
  failed: readonly string[],
): Promise<void> {
  const marks = JSON.stringify({ [IMPORTING_TO]: left.join(','), [FAILED_IMPORT]: failed.join(',') });
  await sql`update images set properties = properties || ${marks}::jsonb
    where id = ${imageId} and properties ->> ${IMPORT_LOCK}::text = ${taskId}`.execute(db);
}
