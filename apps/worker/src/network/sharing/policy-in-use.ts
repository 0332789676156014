import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { Transaction } from '../../store/index.js';
import { ALL, EXTERNAL, SHARED } from './shared-rows.js';

/** The fields of an RBAC policy that define its access: object, action and project. */
export interface PolicyReach {
  readonly object_type: string;
  readonly object_id: string;
  readonly action: string;
  readonly target_project: string;
}

/** Projects that use an object in a way that needs access to it, by object type and action. */
const USERS: Readonly<Record<string, (id: string) => RawBuilder<unknown>>> = {
  [`network ${SHARED}`]: (id) => sql`select project_id from ports where network_id = ${id}`,
  [`network ${EXTERNAL}`]: (id) => sql`
    select r.project_id from ports p join router_gateways g on g.port_id = p.id join routers r on r.id = g.router_id
    where p.network_id = ${id}`,
  [`security_group ${SHARED}`]: (id) => sql`
    select p.project_id from port_security_groups s join ports p on p.id = s.port_id where s.security_group_id = ${id}`,
  [`address_group ${SHARED}`]: (id) => sql`
    select project_id from security_group_rules where remote_address_group_id = ${id}`,
  [`address_scope ${SHARED}`]: (id) => sql`select project_id from subnetpools where address_scope_id = ${id}`,
  [`qos_policy ${SHARED}`]: (id) => sql`
    select project_id from ports where qos_policy_id = ${id}
    union select project_id from networks where qos_policy_id = ${id}
    union select project_id from floatingips where qos_policy_id = ${id}
    union select r.project_id from router_gateways g join routers r on r.id = g.router_id where g.qos_policy_id = ${id}`,
  [`subnetpool ${SHARED}`]: (id) => sql`select project_id from subnets where subnetpool_id = ${id}`,
};

/** The actions that RBAC policies can allow for an object type; empty for a type without policies. */
export function actionsOf(objectType: string): readonly string[] {
  return [SHARED, EXTERNAL].filter((action) => Object.hasOwn(USERS, `${objectType} ${action}`));
}

function inUse(id: string, why: string): ExpectedError {
  const text = `RBAC policy on object ${id} cannot be removed because other objects depend on it.\nDetails: ${why}`;
  return new ExpectedError('RbacPolicyInUse', text, { id });
}

/** Error RbacPolicyInUse if the default external network would no longer be open to all projects. */
async function requireNotDefault(
  tx: Transaction,
  { object_id: id, action, target_project }: PolicyReach,
): Promise<void> {
  if (action !== EXTERNAL || target_project !== ALL) return;
  const { rows } = await sql`select 1 from networks where id = ${id} and is_default`.execute(tx);
  if (rows.length > 0) throw inUse(id, 'Default external networks must be shared to everyone.');
}

/**
 * Error RbacPolicyInUse if a project would lose access that it uses, when the policy is deleted or changed to `next`.
 * As in neutron: the use by the owner of a network never counts; the use by the owner of another object counts only for
 * a policy with the target `*`. The use by `next` itself is ignored only for an external network.
 */
export async function requireUnused(tx: Transaction, owner: string, policy: PolicyReach, next?: string): Promise<void> {
  const { object_type: type, object_id: id, action, target_project: target } = policy;
  const users = USERS[`${type} ${action}`];
  if (users === undefined) throw new TypeError(`nobody knows who uses ${action} of a ${type}`);
  if (next === ALL) return;
  await requireNotDefault(tx, policy);
  const free = [
    '',
    ...(type === 'network' || target !== ALL ? [owner] : []),
    ...(action === EXTERNAL && next !== undefined ? [next] : []),
  ];
  const { rows } = await sql<{ project_id: string }>`
    select u.project_id from (${users(id)}) u
    where u.project_id <> all(${free}::text[]) and (${target} = ${ALL} or u.project_id = ${target})
      and not exists (
        select 1 from rbac_policies r where r.object_id = ${id} and r.action = ${action}
          and r.target_project <> ${target} and r.target_project in (${ALL}, u.project_id))
    limit 1`.execute(tx);
  if (rows.length === 0) return;
  // The caller may not know which project it is.
  throw inUse(id, 'it is in use.');
}
