import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Queries, Transaction } from '../../store/index.js';
import { sameAs } from './rule-plan.js';
import type { RuleMatch } from './rule-plan.js';

const NONE = {
  protocol: null,
  port_range_min: null,
  port_range_max: null,
  remote_ip_prefix: null,
  remote_group_id: null,
  remote_address_group_id: null,
} as const;

/** What every new group lets out. */
const EGRESS: readonly RuleMatch[] = ['IPv4', 'IPv6'].map((ethertype) => ({ ...NONE, direction: 'egress', ethertype }));

/** How many rules a new group, and a project's own one, begin with. */
export const EGRESS_RULES = EGRESS.length;
export const DEFAULT_RULES = 2 * EGRESS.length;

export interface NewRule extends RuleMatch {
  readonly security_group_id: string;
  readonly project_id: string;
  readonly description?: string;
}

/** Stores a rule; false where the group has one like it. */
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

/** The rules that a new group begins with. */
export async function insertEgressRules(tx: Transaction, groupId: string, projectId: string): Promise<void> {
  for (const rule of EGRESS) await insertRule(tx, { ...rule, security_group_id: groupId, project_id: projectId });
}

/** The id of a project's own group, if it was made already; `keep` keeps it from being deleted until the commit. */
export async function findDefaultGroup(db: Queries, projectId: string, keep = false): Promise<string | undefined> {
  const found = await sql<{ id: string }>`
    select id from security_groups where project_id = ${projectId} and is_default
    ${keep ? sql`for key share` : sql``}`.execute(db);
  return found.rows[0]?.id;
}

/**
 * The id of a project's own group, which is made when it is first looked for: everything may leave, and what comes must
 * come from the group itself. Two that look at the same time find the same one. It stays until the commit.
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
  await insertEgressRules(tx, id, projectId);
  for (const { ethertype } of EGRESS) {
    const rule = { ...NONE, direction: 'ingress', ethertype, remote_group_id: id };
    await insertRule(tx, { ...rule, security_group_id: id, project_id: projectId });
  }
  return id;
}
