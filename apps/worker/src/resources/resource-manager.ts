import { ExpectedError, isExpectedErrorCode, tagRule } from '#libs/contracts';
import type {
  Declaration,
  InputOf,
  ListArgs,
  Page,
  ResourceActionArgs,
  ResourceArgs,
  ResourceTarget,
} from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { getRow } from '../listing/read-rows.js';
import { listRows } from '../listing/list-rows.js';
import { requireRevision } from '../network/network.errors.js';
import type { VisibleRows } from '../network/network-policy.js';
import { holdQuota, quotaResource, requireRoom } from '../network/quota.js';
import type { Queries, Transaction } from '../store/index.js';
import { draftOf, given, storedValues } from './drafts.js';
import type { Change, Draft } from './drafts.js';
import { managedTable } from './manages.js';
import type { Manager, ManagerContext } from './resource-managers.js';
import { deleteRow, insertRow, lockRow, touchRow, updateRow } from './resource-rows.js';
import type { ResourceRow, Values } from './resource-rows.js';
import type { ResourceTable } from './resource-table.js';
import { changeTags } from './change-tags.js';
import type { TagChanges } from './change-tags.js';

export type ActionHandler<R extends object> = (
  tx: Transaction,
  row: R,
  body: Readonly<Record<string, unknown>>,
  context: RequestContext,
) => Promise<object | void>;

/** Computes a field for all rows of a page with one statement; returns the values in the order of the rows. */
export type Loader<R extends object> = (db: Queries, rows: readonly R[]) => Promise<readonly unknown[]>;

/**
 * The worker's operations on a declared resource: list, show, create, update, delete and actions. Each runs in one
 * transaction, with policy, visibility, quota, revision numbers and tags. Subclasses override hooks for special
 * behaviour; `I` is the input type if it differs from the object's own fields.
 *
 * The locks of one transaction are taken in this order: quota, parents, own row; ids ascending.
 */
export abstract class ResourceManager<R extends ResourceRow, I extends object = InputOf<R>> implements Manager {
  readonly #table: ResourceTable;

  constructor(protected readonly shared: ManagerContext) {
    this.#table = managedTable(new.target);
  }

  /** Handlers of its actions, by the action's name in the declaration. */
  protected readonly actions: Readonly<Record<string, ActionHandler<R>>> = {};

  /** Loaders of computed fields for which the table has no expression. */
  protected readonly loaders: Readonly<Record<string, Loader<R>>> = {};

  get declaration(): Declaration {
    return this.#table.declaration;
  }

  /** Throws TypeError if the declaration has an action without a handler here, or an unknown quota. */
  requireHandlers(): void {
    if (this.declaration.quota) quotaResource(this.declaration.singular);
    for (const name of this.declaration.actions.keys()) {
      if (!Object.hasOwn(this.actions, name)) throw new TypeError(`${this.constructor.name} has no action ${name}`);
    }
  }

  /** Errors: InvalidFilter, InvalidSortKey, MarkerNotFound (in the Network API the resource's NotFound, as in neutron). */
  async list(context: RequestContext, args: ListArgs): Promise<Page<R>> {
    const { db } = this.shared.store;
    const { rows, nextMarker } = await listRows<R>(db, this.#table.list, this.visible(context), args).catch(
      (error: unknown) => {
        const isMarkers = error instanceof ExpectedError && error.code === 'MarkerNotFound';
        throw isMarkers && this.declaration.api === 'network' ? this.notFound(args.marker ?? '') : error;
      },
    );
    return { objects: await this.#complete(db, rows), next_marker: nextMarker };
  }

  /** Error: the resource's NotFound, also for a row that the caller may not see. */
  async get(context: RequestContext, id: string, db: Queries = this.shared.store.db, parentId?: string): Promise<R> {
    const row = await getRow<R>(db, this.#table.list, this.visible(context), id);
    if (row === null || !this.#liesBelow(row, parentId)) throw this.notFound(id);
    const [complete] = await this.#complete(db, [row]);
    return complete ?? row;
  }

  /** Creates all or none. Errors: PolicyNotAuthorized, OverQuota and those of the hooks. */
  async create(context: RequestContext, inputs: readonly I[]): Promise<readonly R[]> {
    const drafts = inputs.map((input) =>
      draftOf<R, I>(this.declaration, this.shared.policy.ownerOf(context, input), input),
    );
    if (!this.declaration.quota) return this.#transaction('create', (tx) => this.#create(tx, context, drafts));
    const { quotas } = this.shared;
    const resource = quotaResource(this.declaration.singular);
    const owners = drafts.map(({ owner }) => owner);
    return quotas.inTurn(context.project_id, () =>
      this.#transaction('create', async (tx) => {
        const hold = await holdQuota(tx, quotas, resource, owners);
        return this.#create(tx, context, drafts, () => requireRoom(hold, resource, owners));
      }),
    );
  }

  /** Errors: NotFound, PolicyNotAuthorized, RevisionNumberConstraintFailed, InvalidInput and those of the hooks. */
  async update(context: RequestContext, target: ResourceTarget, input: I): Promise<R> {
    return this.#transaction('update', async (tx) => {
      await this.lockReferences(tx, target, input);
      const { row, parent } = await this.#locked(tx, context, target, 'change');
      this.#authorize(context, 'update', input, { ...row, ...given(input), project_id: row.project_id }, parent);
      requireRevision(target.expected_revision, row.revision_number ?? 0);
      const values = storedValues(this.declaration, input, 'put');
      const change: Change<R, I> = { row, input, values, parent };
      await this.beforeUpdate(tx, change, context);
      await this.store(tx, change);
      await this.afterUpdate(tx, change, context);
      await this.#touchParent(tx, row);
      return this.#read(tx, row.id);
    });
  }

  /** Errors: NotFound, PolicyNotAuthorized, RevisionNumberConstraintFailed and those of the hooks. */
  async delete(context: RequestContext, target: ResourceTarget): Promise<void> {
    await this.#transaction('delete', async (tx) => {
      const { row, parent } = await this.#locked(tx, context, target, 'remove');
      this.shared.policy.authorize(context, `delete_${this.declaration.qualified}`, this.target(row, parent));
      requireRevision(target.expected_revision, row.revision_number ?? 0);
      await this.beforeDelete(tx, row, context);
      await this.remove(tx, row);
      await this.afterDelete(tx, row, context);
      await this.#touchParent(tx, row);
    });
  }

  /** Runs a declared action. Errors: NotFound, PolicyNotAuthorized and those of the handler. */
  async act(context: RequestContext, name: string, args: ResourceActionArgs): Promise<object> {
    const options = this.declaration.actions.get(name);
    const handler = this.actions[name];
    if (options === undefined || handler === undefined) throw new TypeError(`${this.constructor.name} has no ${name}`);
    return this.#transaction(name, async (tx) => {
      const { row, parent } = await this.#locked(tx, context, args, 'change');
      const body = args.body ?? {};
      const target = this.target({ ...row, ...body, project_id: row.project_id }, parent);
      this.shared.policy.authorize(context, options.policy ?? name, target);
      requireRevision(args.expected_revision, row.revision_number ?? 0);
      const answer = await handler(tx, row, body, context);
      return options.answer === 'plain' ? (answer ?? {}) : this.#read(tx, row.id);
    });
  }

  /** Changes its tags and returns them. Errors: NotFound, PolicyNotAuthorized, TagNotFound, NetworkBadRequest. */
  async changeTags(context: RequestContext, id: string, changes: TagChanges): Promise<readonly string[]> {
    return this.#transaction('tags', async (tx) => {
      const { row, parent } = await this.#locked(tx, context, { id }, 'change');
      const rule = tagRule(this.declaration, changes.operation);
      this.shared.policy.authorize(context, rule, this.target(row, parent));
      return changeTags(tx, this.#table, row.id, changes);
    });
  }

  /**
   * Locks the rows that the drafts refer to, before the policy check of the create, and sets `parent` of each draft.
   * Default: locks the declared parent resource. Error: the parent's NotFound.
   */
  protected async lockParents(tx: Transaction, context: RequestContext, drafts: readonly Draft<R, I>[]): Promise<void> {
    const above = this.#above;
    if (above === undefined) return;
    const idOf = (draft: Draft<R, I>): string => String(draft.values[above.field]);
    const parents = new Map<string, ResourceRow>();
    // In a fixed order, so that bulk creates do not deadlock.
    for (const id of [...new Set(drafts.map(idOf))].toSorted()) {
      parents.set(id, await above.manager.lockVisible(tx, context, id));
    }
    for (const draft of drafts) draft.parent = parents.get(idOf(draft)) ?? {};
  }

  /** Locks the rows that an update will refer to, and the rows that are locked before its own. Default: none. */
  protected async lockReferences(_tx: Transaction, _target: ResourceArgs, _input: I): Promise<void> {}

  /** Locks a row against changes. Error: NotFound, also for a row that the caller may not see. */
  async lockVisible(tx: Transaction, context: RequestContext, id: string): Promise<R> {
    if (!(await this.lock(tx, id, 'change'))) throw this.notFound(id);
    return this.get(context, id, tx);
  }

  protected async beforeCreate(_tx: Transaction, _draft: Draft<R, I>, _context: RequestContext): Promise<void> {}

  /**
   * Inserts a draft. An override whose insert may need retries calls `insertRow`. An override that returns the row
   * (`insertReading`) saves the statement that otherwise reads the row at the end.
   */
  protected async insert(tx: Transaction, draft: Draft<R, I>): Promise<R | void> {
    await insertRow(tx, this.#table, draft.values);
  }

  /** Stores a change. */
  protected async store(tx: Transaction, { row, values }: Change<R, I>): Promise<void> {
    await updateRow(tx, this.#table, row.id, values);
  }

  /** Deletes a row. */
  protected async remove(tx: Transaction, { id }: R): Promise<void> {
    await deleteRow(tx, this.#table, id);
  }

  protected async afterCreate(_tx: Transaction, _draft: Draft<R, I>, _context: RequestContext): Promise<void> {}
  protected async beforeUpdate(_tx: Transaction, _change: Change<R, I>, _context: RequestContext): Promise<void> {}
  protected async afterUpdate(_tx: Transaction, _change: Change<R, I>, _context: RequestContext): Promise<void> {}
  protected async beforeDelete(_tx: Transaction, _row: R, _context: RequestContext): Promise<void> {}
  protected async afterDelete(_tx: Transaction, _row: R, _context: RequestContext): Promise<void> {}

  /**
   * Locks its row, whether or not the caller may see it; false if it does not exist. Parents that change with it are
   * locked first.
   */
  async lock(tx: Transaction, id: string, mode: 'change' | 'remove'): Promise<boolean> {
    return lockRow(tx, this.#table, id, mode);
  }

  /** A further object that rules about a row read. Default: the declared parent resource. */
  protected async parentOf(db: Queries, row: R, _context: RequestContext): Promise<object | undefined> {
    const above = this.#above;
    return above?.manager.find(db, String(Reflect.get(row, above.field)));
  }

  /** Finds a row without a visibility check. */
  async find(db: Queries, id: string): Promise<R | undefined> {
    return (await getRow<R>(db, this.#table.list, this.shared.policy.everything, id)) ?? undefined;
  }

  /**
   * The kinds of rows that a caller may see. Default: the rows of the caller's own project, unless the rule allows all.
   */
  protected visibleRows(context: RequestContext): readonly VisibleRows[] {
    return [this.shared.policy.ownRows(context, this.#table.alias)];
  }

  /** An SQL condition that selects the rows the caller may see. */
  protected visible(context: RequestContext): ReturnType<ManagerContext['policy']['visible']> {
    return this.shared.policy.visible(context, `get_${this.declaration.qualified}`, this.visibleRows(context));
  }

  /** The policy target for a row. */
  protected target(row: object, parent?: object): ReturnType<ManagerContext['policy']['target']> {
    return this.shared.policy.target(this.declaration, row, parent);
  }

  /** Changes columns of a locked row; for actions. */
  protected async change(tx: Transaction, id: string, values: Values): Promise<void> {
    await updateRow(tx, this.#table, id, values);
  }

  /** Increments the revision of a row because something that belongs to it changed. */
  async touch(tx: Transaction, id: string): Promise<void> {
    await touchRow(tx, this.#table, id);
  }

  notFound(id: string): ExpectedError {
    const { code, text } = this.declaration.notFound;
    if (!isExpectedErrorCode(code)) throw new TypeError(`${code} is not in the table of expected errors`);
    return new ExpectedError(code, text.replace('%s', id), { id });
  }

  /** The manager of the declared parent resource, and the field that holds the parent's id. */
  get #above(): { readonly manager: Manager; readonly field: string } | undefined {
    const { parent } = this.declaration;
    if (parent === undefined) return undefined;
    return { manager: this.shared.managers.of(parent.declaration.type), field: parent.field };
  }

  async #locked(
    tx: Transaction,
    context: RequestContext,
    { id, parent_id: parentId }: ResourceArgs,
    mode: 'change' | 'remove',
  ): Promise<{ readonly row: R; readonly parent: object | undefined }> {
    if (this.#above !== undefined && parentId !== undefined) await this.#above.manager.lock(tx, parentId, 'change');
    if (!(await this.lock(tx, id, mode))) throw this.notFound(id);
    const row = await this.get(context, id, tx, parentId);
    return { row, parent: await this.parentOf(tx, row, context) };
  }

  async #create(
    tx: Transaction,
    context: RequestContext,
    drafts: readonly Draft<R, I>[],
    requireQuota?: () => Promise<void>,
  ): Promise<readonly R[]> {
    await this.lockParents(tx, context, drafts);
    for (const { input, values, parent } of drafts) {
      this.#authorize(context, 'create', input, { ...given(input), ...values }, parent);
    }
    for (const draft of drafts) await this.beforeCreate(tx, draft, context);
    await requireQuota?.();
    const created: R[] = [];
    for (const draft of drafts) {
      const row = await this.insert(tx, draft);
      await this.afterCreate(tx, draft, context);
      await this.#touchParent(tx, draft.values);
      created.push(row ?? (await this.#stored(tx, draft.id)));
    }
    return this.#complete(tx, created);
  }

  #authorize(context: RequestContext, operation: 'create' | 'update', input: I, row: object, parent?: object): void {
    const target = this.target(row, parent);
    this.shared.policy.authorizeChange(context, this.declaration, operation, given(input), target);
  }

  #liesBelow(row: R, parentId: string | undefined): boolean {
    const { parent } = this.declaration;
    return parent === undefined || parentId === undefined || Reflect.get(row, parent.field) === parentId;
  }

  /** A row that must exist, without a visibility check. */
  async #stored(db: Queries, id: string): Promise<R> {
    const row = await this.find(db, id);
    if (row === undefined)
      throw new Error(`${this.declaration.singular} ${id} is not there right after it was written`);
    return row;
  }

  async #read(db: Queries, id: string): Promise<R> {
    const row = await this.#stored(db, id);
    const [complete] = await this.#complete(db, [row]);
    return complete ?? row;
  }

  /** A change of a child resource also counts as a change of its parent. */
  async #touchParent(tx: Transaction, row: object): Promise<void> {
    const above = this.#above;
    if (above !== undefined) await above.manager.touch(tx, String(Reflect.get(row, above.field)));
  }

  /**
   * Adds the loaded fields to the rows themselves, since nobody else holds them: copying each row of a long list would
   * be expensive.
   */
  async #complete(db: Queries, rows: readonly R[]): Promise<readonly R[]> {
    if (rows.length === 0) return rows;
    for (const [field, load] of Object.entries(this.loaders)) {
      const values = await load(db, rows);
      for (const [index, row] of rows.entries()) Reflect.set(row, field, values[index]);
    }
    return rows;
  }

  #transaction<T>(operation: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.shared.store.transaction(work, { name: `${this.declaration.singular}-${operation}` });
  }
}
