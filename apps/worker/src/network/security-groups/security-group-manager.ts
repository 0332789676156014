import { sql } from 'kysely';
import { ExpectedError, SecurityGroup } from '#libs/contracts';
import type { ListArgs, Page, SecurityGroupData, SecurityGroupRuleData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { Manages } from '../../resources/manages.js';
import type { Change, Draft } from '../../resources/drafts.js';
import type { Loader } from '../../resources/resource-manager.js';
import { resourceTable } from '../../resources/resource-table.js';
import type { Queries, Transaction } from '../../store/index.js';
import { holdQuota, requireRoom } from '../quota.js';
import { SharedManager } from '../sharing/shared-manager.js';
import { countDefaultRules, ensureDefaultGroup, findDefaultGroup, insertDefaultRules } from './default-group.js';
import { ruleTable } from './rule-table.js';

const DEFAULT_NAME = 'default';
const RULES = 'security_group_rule';

type GroupDraft = Draft<SecurityGroupData>;

/**
 * Errors besides those of every resource: SecurityGroupDefaultAlreadyExists, SecurityGroupCannotUpdateDefault,
 * SecurityGroupCannotRemoveDefault, SecurityGroupInUse, SecurityGroupConflict.
 */
@Manages(resourceTable(SecurityGroup, { alias: 'g' }))
export class SecurityGroupManager extends SharedManager<SecurityGroupData> {
  protected override readonly loaders: Readonly<Record<string, Loader<SecurityGroupData>>> = {
    security_group_rules: (db, groups) => rulesOf(db, groups),
  };

  override async list(context: RequestContext, args: ListArgs): Promise<Page<SecurityGroupData>> {
    const asked = args.filters?.['project_id']?.[0] ?? context.project_id;
    const { store } = this.shared;
    const own = asked !== null && (asked === context.project_id || context.is_admin) ? asked : undefined;
    if (own !== undefined && (await findDefaultGroup(store.db, own)) === undefined) {
      await store.transaction((tx) => ensureDefaultGroup(tx, own), { name: 'default-security-group' });
    }
    return super.list(context, args);
  }

  /**
   * Checks that the caller may see the groups and that one port may have them together, and locks them, so that they
   * are not deleted before the commit. Errors: SecurityGroupNotFound, SecurityGroupConflict.
   */
  async refer(tx: Transaction, context: RequestContext, ids: readonly string[]): Promise<readonly string[]> {
    const wanted = [...new Set(ids)].toSorted();
    if (wanted.length === 0) return wanted;
    const found = await sql<{ id: string; stateful: boolean }>`
      select g.id, g.stateful from security_groups g
      where g.id = any(${wanted}::text[]) and ${this.visible(context)} order by g.id for key share`.execute(tx);
    const missing = wanted.find((id) => !found.rows.some((row) => row.id === id));
    if (missing !== undefined) throw this.notFound(missing);
    if (new Set(found.rows.map(({ stateful }) => stateful)).size > 1) {
      throw new ExpectedError(
        'SecurityGroupConflict',
        'Error Cannot apply both stateful and stateless security groups on the same port at the same time while attempting the operation.',
      );
    }
    return wanted;
  }

  protected override async beforeCreate(tx: Transaction, { input, owner }: GroupDraft): Promise<void> {
    refuseDefaultName(input.name);
    // As in neutron, creating a group also needs quota for its default rules.
    const isFirst = (await findDefaultGroup(tx, owner)) === undefined;
    const count = (await countDefaultRules(tx, 'created')) + (isFirst ? await countDefaultRules(tx, 'default') : 0);
    const rules = Array<string>(count).fill(owner);
    await requireRoom(await holdQuota(tx, this.shared.quotas, RULES, rules), RULES, rules);
    await ensureDefaultGroup(tx, owner);
  }

  protected override async afterCreate(tx: Transaction, draft: GroupDraft, context: RequestContext): Promise<void> {
    await super.afterCreate(tx, draft, context);
    await insertDefaultRules(tx, { id: draft.id, project_id: draft.owner }, 'created');
  }

  protected override async beforeUpdate(tx: Transaction, change: Change<SecurityGroupData>): Promise<void> {
    const { row, input } = change;
    refuseDefaultName(input.name);
    if (row.name === DEFAULT_NAME && input.name !== undefined) {
      throw new ExpectedError('SecurityGroupCannotUpdateDefault', 'Updating default security group not allowed.');
    }
    if (input.stateful !== undefined && input.stateful !== row.stateful) await refuseInUse(tx, row.id);
  }

  protected override async beforeDelete(
    tx: Transaction,
    { id, name }: SecurityGroupData,
    context: RequestContext,
  ): Promise<void> {
    await refuseInUse(tx, id);
    if (name === DEFAULT_NAME && !context.is_admin) {
      const text = 'Insufficient rights for removing default security group.';
      throw new ExpectedError('SecurityGroupCannotRemoveDefault', text);
    }
  }
}

function refuseDefaultName(name: string | undefined): void {
  if (name?.toLowerCase() !== DEFAULT_NAME) return;
  throw new ExpectedError('SecurityGroupDefaultAlreadyExists', 'Default security group already exists.');
}

async function refuseInUse(tx: Transaction, id: string): Promise<void> {
  const used = await sql`select 1 from port_security_groups where security_group_id = ${id} limit 1`.execute(tx);
  if (used.rows.length > 0) throw new ExpectedError('SecurityGroupInUse', `Security Group ${id} in use.`, { id });
}

/** The rules of each group in the form that the API includes in the group. */
async function rulesOf(db: Queries, groups: readonly SecurityGroupData[]): Promise<readonly unknown[]> {
  const ids = groups.map(({ id }) => id);
  const { rows } = await sql<SecurityGroupRuleData>`
    select ${ruleTable.select} from security_group_rules r join security_groups g on g.id = r.security_group_id
    where r.security_group_id = any(${ids}::text[]) order by r.created_at, r.id`.execute(db);
  const byGroup = new Map<string, object[]>(ids.map((id) => [id, []]));
  for (const rule of rows) byGroup.get(rule.security_group_id)?.push(shownRule(rule));
  return ids.map((id) => byGroup.get(id) ?? []);
}

function shownRule(rule: SecurityGroupRuleData): Readonly<Record<string, unknown>> {
  const seconds = (time: string): string => time.replace(/\.\d+/, '');
  return {
    ...rule,
    tenant_id: rule.project_id,
    created_at: seconds(rule.created_at),
    updated_at: seconds(rule.updated_at),
  };
}
