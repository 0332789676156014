import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Queries, Transaction } from '../../store/index.js';
import { sameAs } from './rule-plan.js';
import type { RuleMatch } from './rule-plan.js';

/** In a default rule's `remote_group_id`: the group itself. */
const PARENT = 'PARENT';

/** The groups to which default rules apply: the projects' `default` groups, or groups that users create. */
export type GroupKind = 'default' | 'created';

type DefaultRule = RuleMatch & { readonly description: string };

/** The default rules of new groups of a kind. */
async function defaultRules(db: Queries, kind: GroupKind): Promise<readonly DefaultRule[]> {
  const use = sql.ref(kind === 'default' ? 'used_in_default_sg' : 'used_in_non_default_sg');
  const { rows } = await sql<DefaultRule>`
    select direction, ethertype, protocol, port_range_min, port_range_max, remote_ip_prefix, remote_group_id,
      remote_address_group_id, description
    from default_security_group_rules where ${use} order by created_at, id`.execute(db);
  return rows;
}

/** The number of those rules. */
export async function countDefaultRules(db: Queries, kind: GroupKind): Promise<number> {
  return (await defaultRules(db, kind)).length;
}

export interface NewRule extends RuleMatch {
  readonly security_group_id: string;
  readonly project_id: string;
  readonly description?: string;
}

/** Stores a rule; false if the group already has an equal rule. */
export async function insertRule(tx: Transaction, rule: NewRule, id: string = randomUUID()): Promise<boolean> {
  const result = await sql`
    insert into security_group_rules (id, project_id, description, security_group_id, direction, ethertype, protocol,
      port_range_min, port_range_max, remote_ip_prefix, remote_group_id, remote_address_group_id, same_as)
    values (${id}, ${rule.project_id}, ${rule.description ?? ''}, ${rule.security_group_id}, ${rule.direction},
      ${rule.ethertype}, ${rule.protocol}, ${rule.port_range_min}, ${rule.port_range_max}, ${rule.remote_ip_prefix},
      ${rule.remote_group_id}, ${rule.remote_address_group_id}, ${sameAs(rule)})
    on conflict (security_group_id, same_as) do nothing`.execute(tx);
  return result.numAffectedRows === 1n;
}

/** Adds the default rules of its kind to a new group. */
export async function insertDefaultRules(
  tx: Transaction,
  group: { readonly id: string; readonly project_id: string },
  kind: GroupKind,
): Promise<void> {
  for (const rule of await defaultRules(tx, kind)) {
    const remote = rule.remote_group_id === PARENT ? group.id : rule.remote_group_id;
    const own = { security_group_id: group.id, project_id: group.project_id, description: '' };
    await insertRule(tx, { ...rule, ...own, remote_group_id: remote });
  }
}

/**
 * The id of a project's `default` group, if it exists; `keep` locks it, so that it is not deleted before the commit.
 */
export async function findDefaultGroup(db: Queries, projectId: string, keep = false): Promise<string | undefined> {
  const found = await sql<{ id: string }>`
    select id from security_groups where project_id = ${projectId} and is_default
    ${keep ? sql`for key share` : sql``}`.execute(db);
  return found.rows[0]?.id;
}

/**
 * The id of a project's `default` group, which is created on first use. With the default rules, all outgoing traffic is
 * allowed, and incoming traffic only from the group itself. Concurrent callers get the same group. It is locked until
 * the commit.
 */
export async function ensureDefaultGroup(tx: Transaction, projectId: string): Promise<string> {
  const there = await findDefaultGroup(tx, projectId, true);
  if (there !== undefined) return there;
  const id = randomUUID();
  const made = await sql`
    insert into security_groups (id, project_id, description, name, is_default)
    values (${id}, ${projectId}, 'Default security group', 'default', true)
    on conflict (project_id) where is_default do nothing`.execute(tx);
  if (made.numAffectedRows !== 1n) {
    const others = await findDefaultGroup(tx, projectId, true);
    if (others === undefined) throw new Error(`the default security group of ${projectId} is neither there nor made`);
    return others;
  }
  await insertDefaultRules(tx, { id, project_id: projectId }, 'default');
  return id;
}
