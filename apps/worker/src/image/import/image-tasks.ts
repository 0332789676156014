import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { ImageTaskData, ListArgs, Page } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { textFilter } from '../../listing/filters.js';
import type { ListDefinition } from '../../listing/list-definition.js';
import { listRows } from '../../listing/list-rows.js';
import type { Store, Transaction } from '../../store/index.js';

/** An error whose message the owner of an image may read; any other error is shown as unexpected. */
export class ImportFailed extends Error {
  override readonly name = 'ImportFailed';
}

/** Hours for which a finished task is kept (`[task] task_time_to_live`). */
const KEPT_HOURS = 48;

const taskList: ListDefinition = {
  from: sql`image_tasks t`,
  select: sql`t.id, t.type, t.status, t.owner, t.image_id, t.user_id, t.request_id, t.input, t.result, t.message,
    t.expires_at, t.created_at, t.updated_at`,
  id: sql`t.id`,
  filters: { status: textFilter('t.status'), type: textFilter('t.type'), owner: textFilter('t.owner') },
  sortKeys: {
    id: sql`t.id`,
    type: sql`t.type`,
    status: sql`t.status`,
    created_at: sql`t.created_at`,
    updated_at: sql`t.updated_at`,
  },
  defaultSort: [{ key: 'created_at', dir: 'desc' }],
};

/** The input of a task. */
export type TaskRow = Pick<ImageTaskData, 'id' | 'type' | 'owner' | 'image_id' | 'input'>;

/**
 * Records which worker runs each task, and its result. Another worker takes over a task whose worker stops renewing it.
 */
export class ImageTasks {
  constructor(
    private readonly store: Store,
    private readonly leaseSeconds: () => number,
  ) {}

  async add(
    tx: Transaction,
    ctx: RequestContext,
    task: { readonly type: string; readonly imageId: string | null; readonly input: Readonly<Record<string, unknown>> },
  ): Promise<ImageTaskData> {
    const id = randomUUID();
    await tx
      .insertInto('image_tasks')
      .values({
        id,
        type: task.type,
        owner: ctx.project_id,
        image_id: task.imageId,
        user_id: ctx.user_id,
        request_id: ctx.request_id,
        input: JSON.stringify(task.input),
        result: null,
        lease_until: null,
        expires_at: null,
      })
      .execute();
    const found = await sql<ImageTaskData>`select ${taskList.select} from image_tasks t where t.id = ${id}`.execute(tx);
    const [row] = found.rows;
    if (row === undefined) throw new Error('a task that was just stored is not there');
    return row;
  }

  async list(args: ListArgs): Promise<Page<ImageTaskData>> {
    const { rows, nextMarker } = await listRows<ImageTaskData>(this.store.db, taskList, sql<boolean>`true`, args);
    return { objects: rows, next_marker: nextMarker };
  }

  async ofImage(imageId: string): Promise<Page<ImageTaskData>> {
    const found = await sql<ImageTaskData>`
      select ${taskList.select} from image_tasks t where t.image_id = ${imageId} order by t.created_at`.execute(
      this.store.db,
    );
    return { objects: found.rows, next_marker: null };
  }

  /** Error ImageTaskNotFound. */
  async get(id: string): Promise<ImageTaskData> {
    const found = await sql<ImageTaskData>`
      select ${taskList.select} from image_tasks t where t.id = ${id}`.execute(this.store.db);
    const [task] = found.rows;
    if (task === undefined) throw new ExpectedError('ImageTaskNotFound', `No task found with ID ${id}`, { id });
    return task;
  }

  /** Takes the next task that waits, or whose worker has died; undefined if there is none. */
  async take(): Promise<TaskRow | undefined> {
    const found = await sql<TaskRow>`
      update image_tasks set status = 'processing', updated_at = business_now(), lease_until = ${this.#lease()}
      where id = (
        select id from image_tasks
        where status = 'pending' or (status = 'processing' and lease_until < clock_timestamp())
        order by created_at limit 1 for update skip locked)
      returning id, type, owner, image_id, input`.execute(this.store.db);
    return found.rows[0];
  }

  /** Renews the lease of a running task. */
  async renew(id: string): Promise<void> {
    await sql`update image_tasks set lease_until = ${this.#lease()}, updated_at = business_now()
      where id = ${id} and status = 'processing'`.execute(this.store.db);
  }

  async finish(
    tx: Transaction,
    id: string,
    outcome: { readonly result?: Readonly<Record<string, unknown>>; readonly message?: string },
  ): Promise<void> {
    const { result, message } = outcome;
    await sql`update image_tasks set status = ${result === undefined ? 'failure' : 'success'},
      result = ${result === undefined ? null : JSON.stringify(result)}::jsonb, message = ${message ?? ''},
      lease_until = null, expires_at = business_now() + make_interval(hours => ${KEPT_HOURS}), updated_at = business_now()
      where id = ${id}`.execute(tx);
  }

  /** Deletes tasks that finished long ago. */
  async sweep(): Promise<void> {
    await sql`delete from image_tasks where expires_at < business_now()`.execute(this.store.db);
  }

  #lease() {
    return sql`clock_timestamp() + make_interval(secs => ${this.leaseSeconds()})`;
  }
}
