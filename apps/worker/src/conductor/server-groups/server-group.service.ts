import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { ExpectedError, ServerGroup } from '#libs/contracts';
import type { ListArgs, Page, ServerGroupCreateArgs, ServerGroupData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { ListDefinition } from '../../listing/list-definition.js';
import { listRows } from '../../listing/list-rows.js';
import type { Authorizer } from '../../policy/authorizer.js';
import type { Quotas } from '../../quota/quotas.js';
import { resourceTable } from '../../resources/resource-table.js';
import type { Store } from '../../store/index.js';

const RULE = 'os_compute_api:os-server-groups';

const { list: table } = resourceTable(ServerGroup, {
  table: 'instance_groups',
  alias: 'g',
  columns: {
    members: sql`array(
      select i.id from instances i where i.server_group_id = g.id and not i.deleted order by i.created_at, i.id)`,
  },
  sortKeys: { created_at: sql`g.created_at` },
});
const groups: ListDefinition = { ...table, defaultSort: [{ key: 'created_at', dir: 'asc' }] };

/** Groups of servers that must run on one host, or on different hosts. */
export class ServerGroupService {
  constructor(
    private readonly store: Store,
    private readonly authorizer: Authorizer,
    private readonly quotas: Quotas,
  ) {}

  /** Error: QuotaExceeded. */
  async create(context: RequestContext, args: ServerGroupCreateArgs): Promise<ServerGroupData> {
    const projectId = context.project_id ?? '';
    this.authorizer.authorize(context, 'compute', `${RULE}:create`, { project_id: projectId });
    const values = {
      id: randomUUID(),
      name: args.name,
      project_id: projectId,
      user_id: context.user_id ?? '',
      policy: args.policy,
    };
    const rules = args.rules ?? {};
    await this.quotas.inTurn(projectId, () =>
      this.store.transaction(
        async (tx) => {
          const hold = await this.quotas.hold(
            tx,
            'compute',
            ['server_groups'],
            [{ projectId, memberId: context.user_id }],
          );
          const amounts = [await hold.amounts({ projectId }), await hold.userAmounts({ projectId })];
          if (amounts.some(({ server_groups: amount }) => amount !== undefined && amount.used >= amount.limit)) {
            throw new ExpectedError('QuotaExceeded', 'Quota exceeded, too many server groups.', {
              overs: ['server_groups'],
            });
          }
          await tx
            .insertInto('instance_groups')
            .values({ ...values, rules: JSON.stringify(rules) })
            .execute();
        },
        { name: 'server_group_create' },
      ),
    );
    return { ...values, rules, members: [] };
  }

  /**
   * Groups of the caller's project, or of all projects for an administrator; a named group is found wherever the caller
   * may see it.
   */
  async list(context: RequestContext, args: ListArgs): Promise<Page<ServerGroupData>> {
    const own = { project_id: context.project_id };
    const isNamed = args.filters?.['id'] !== undefined;
    const all = args.all_projects === true;
    this.authorizer.authorize(context, 'compute', `${RULE}:${isNamed ? 'show' : 'index'}`, own);
    if (all) this.authorizer.authorize(context, 'compute', `${RULE}:index:all_projects`, own);
    const everywhere = all || (isNamed && context.is_admin);
    const visible = everywhere ? sql<boolean>`true` : sql<boolean>`g.project_id = ${context.project_id ?? ''}`;
    const page = await listRows<ServerGroupData>(this.store.db, groups, visible, args);
    return { objects: page.rows, next_marker: page.nextMarker };
  }

  /** Its members stay where they are, and no longer belong to a group. Error: InstanceGroupNotFound. */
  async delete(context: RequestContext, id: string): Promise<void> {
    const { db } = this.store;
    const row = await db.selectFrom('instance_groups').select('project_id').where('id', '=', id).executeTakeFirst();
    const target = { project_id: row?.project_id ?? context.project_id };
    const missing = new ExpectedError('InstanceGroupNotFound', `Instance group ${id} could not be found.`);
    if (row !== undefined && row.project_id !== context.project_id && !context.is_admin) throw missing;
    this.authorizer.authorize(context, 'compute', `${RULE}:delete`, target);
    await this.store.transaction(
      async (tx) => {
        const result = await tx.deleteFrom('instance_groups').where('id', '=', id).executeTakeFirst();
        if (result.numDeletedRows === 0n) throw missing;
        await tx.updateTable('instances').set({ server_group_id: null }).where('server_group_id', '=', id).execute();
      },
      { name: 'server_group_delete' },
    );
  }
}
