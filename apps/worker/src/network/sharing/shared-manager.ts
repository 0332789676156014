import type { InputOf, ListArgs, Page } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { managedTable } from '../../resources/manages.js';
import { ResourceManager } from '../../resources/resource-manager.js';
import type { Change, Draft } from '../../resources/drafts.js';
import type { ResourceRow } from '../../resources/resource-rows.js';
import type { ManagerContext } from '../../resources/resource-managers.js';
import type { Queries, Transaction } from '../../store/index.js';
import { FOREIGN } from '../network-policy.js';
import type { VisibleRows } from '../network-policy.js';
import { ALL, SHARED, markShared, openToAll, removePolicies, sharedWith } from './shared-rows.js';
import { requireUnused } from './policy-in-use.js';

export interface SharedRow extends ResourceRow {
  readonly project_id: string;
  /** Shared with all projects; in responses also true if shared with the caller's project. */
  readonly shared: boolean;
}

/**
 * A resource that other projects may also see: all of them (`shared`, which is the same as an RBAC policy for `*`), or
 * those that RBAC policies name. A subclass that overrides a hook calls this class's hook.
 */
export abstract class SharedManager<R extends SharedRow, I extends object = InputOf<R>> extends ResourceManager<R, I> {
  readonly #alias: string;

  /** Its object type in RBAC policies. */
  protected readonly objectType: string = this.declaration.singular;

  constructor(shared: ManagerContext) {
    super(shared);
    this.#alias = managedTable(new.target).alias;
  }

  override async list(context: RequestContext, args: ListArgs): Promise<Page<R>> {
    const page = await super.list(context, args);
    const objects = await markShared(this.shared.store.db, context, this.objectType, page.objects);
    return { ...page, objects };
  }

  override async get(
    context: RequestContext,
    id: string,
    db: Queries = this.shared.store.db,
    parentId?: string,
  ): Promise<R> {
    const row = await super.get(context, id, db, parentId);
    const [marked = row] = await markShared(db, context, this.objectType, [row]);
    return marked;
  }

  protected override visibleRows(context: RequestContext): readonly VisibleRows[] {
    return [
      ...super.visibleRows(context),
      {
        example: { ...FOREIGN, shared: true },
        condition: sharedWith(context, this.objectType, this.#alias),
      },
    ];
  }

  protected override async afterCreate(tx: Transaction, draft: Draft<R, I>, _context: RequestContext): Promise<void> {
    if (draft.values['shared'] !== true) return;
    await openToAll(tx, { type: this.objectType, id: draft.id, project_id: draft.owner }, SHARED);
  }

  protected override async afterUpdate(
    tx: Transaction,
    { row, values }: Change<R, I>,
    _context: RequestContext,
  ): Promise<void> {
    const { shared } = values;
    if (shared === true) {
      await openToAll(tx, { ...row, type: this.objectType }, SHARED);
    } else if (shared === false) {
      const policy = { object_type: this.objectType, object_id: row.id, action: SHARED, target_project: ALL };
      // As in RbacPolicyManager: the lock keeps new users of the object out.
      await this.lock(tx, row.id, 'remove');
      await requireUnused(tx, row.project_id, policy);
      await removePolicies(tx, row.id, { action: SHARED, target: ALL });
    }
  }

  protected override async afterDelete(tx: Transaction, { id }: R, _context: RequestContext): Promise<void> {
    await removePolicies(tx, id);
  }
}
