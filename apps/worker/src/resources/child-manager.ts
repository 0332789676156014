import { sql } from 'kysely';
import type { InputOf } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { VisibleRows } from '../network/network-policy.js';
import type { Transaction } from '../store/index.js';
import { managedTable } from './manages.js';
import { ResourceManager } from './resource-manager.js';
import type { Draft } from './drafts.js';
import type { ResourceRow } from './resource-rows.js';
import type { ManagerContext } from './resource-managers.js';

/**
 * Manages a resource that belongs to another resource of a project. Its owner is the parent's project, whoever creates
 * it, and that project sees it. A subclass that overrides a hook calls this class's hook.
 */
export abstract class ChildManager<R extends ResourceRow, I extends object = InputOf<R>> extends ResourceManager<R, I> {
  readonly #alias: string;

  constructor(shared: ManagerContext) {
    super(shared);
    this.#alias = managedTable(new.target).alias;
  }

  protected override visibleRows(context: RequestContext): readonly VisibleRows[] {
    const { project_id: project } = context;
    const condition = sql<boolean>`${sql.ref(`${this.#alias}.project_id`)} = ${project}`;
    return [
      {
        example: { project_id: project, 'ext_parent:project_id': project, 'ext_parent:tenant_id': project },
        condition,
      },
    ];
  }

  protected override async beforeCreate(
    _tx: Transaction,
    { values, parent }: Draft<R, I>,
    _context: RequestContext,
  ): Promise<void> {
    const owner: unknown = Reflect.get(parent ?? {}, 'project_id');
    values['project_id'] = owner;
  }
}
