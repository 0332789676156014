import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { Transaction } from '../../store/index.js';
import { ensureDefaultGroup } from '../security-groups/default-group.js';
import { addGroups } from '../security-groups/port-groups.js';
import { belongsTo } from './instance-ref.js';
import type { InstanceRef } from './instance-ref.js';

interface NamedGroup {
  readonly id: string;
  readonly name: string;
}

/**
 * The ids of a project's groups that a server create names, by name or id. Locks them, so that they are not deleted
 * before the commit; creates the group `default` if it does not exist yet. Errors with nova's texts: NetworkInvalid,
 * Conflict for a name that several groups have.
 */
export async function groupsForInstance(
  tx: Transaction,
  projectId: string,
  wanted: readonly string[],
): Promise<readonly string[]> {
  if (wanted.includes('default')) await ensureDefaultGroup(tx, projectId);
  const names = [...new Set(wanted)];
  const { rows } = await sql<NamedGroup>`
    select id, name from security_groups
    where project_id = ${projectId} and (name = any(${names}::text[]) or id = any(${names}::text[]))
    order by id for key share`.execute(tx);
  return [...new Set(names.map((name) => pick(rows, name, projectId)))];
}

function pick(groups: readonly NamedGroup[], wanted: string, projectId: string): string {
  const byId = groups.find(({ id }) => id === wanted);
  if (byId !== undefined) return byId.id;
  const [found, ...others] = groups.filter(({ name }) => name === wanted);
  if (found === undefined) {
    throw new ExpectedError('NetworkInvalid', `Security group ${wanted} not found for project ${projectId}.`);
  }
  if (others.length > 0) {
    const text = `Multiple security groups found matching '${wanted}'. Use an ID to be more specific.`;
    throw new ExpectedError('Conflict', text);
  }
  return found.id;
}

/**
 * Adds a group of a project, by name or id, to those ports of a server that can have groups, or removes it from all
 * ports. Errors with nova's texts: SecurityGroupNotFound (also if no port has the group), NetworkInvalid, Conflict for
 * a name that several groups have.
 */
export async function changeGroupOfInstance(
  tx: Transaction,
  instance: InstanceRef,
  projectId: string,
  { name, change }: { readonly name: string; readonly change: 'add' | 'remove' },
): Promise<void> {
  const groupId = await groupOf(tx, projectId, name);
  const { rows: ports } = await sql<{ id: string; secured: boolean; has: boolean }>`
    select p.id, p.port_security_enabled and exists (select 1 from ip_allocations a where a.port_id = p.id) as secured,
      exists (select 1 from port_security_groups s where s.port_id = p.id and s.security_group_id = ${groupId}) as has
    from ports p where ${belongsTo(instance)} order by p.id for update`.execute(tx);
  const affected = ports.filter(({ secured, has }) => (change === 'add' ? secured && !has : has));
  if (change === 'add' && !ports.some(({ secured }) => secured)) {
    const text = 'Network requires port_security_enabled and subnet associated in order to apply security groups.';
    throw new ExpectedError('NetworkInvalid', text);
  }
  if (change === 'remove' && affected.length === 0) {
    const text = `Security group ${name} not associated with the instance ${instance.id}`;
    throw new ExpectedError('SecurityGroupNotFound', text, { id: name });
  }
  for (const { id } of affected) {
    if (change === 'add') await addGroups(tx, id, [groupId]);
    else {
      await sql`
        delete from port_security_groups where port_id = ${id} and security_group_id = ${groupId}`.execute(tx);
    }
  }
  await sql`
    update ports set revision_number = revision_number + 1, updated_at = business_now()
    where id = any(${affected.map(({ id }) => id)}::text[])`.execute(tx);
}

/** An unknown group is 404 here; for a create it is 400. */
async function groupOf(tx: Transaction, projectId: string, name: string): Promise<string> {
  try {
    const [id = ''] = await groupsForInstance(tx, projectId, [name]);
    return id;
  } catch (error) {
    if (!(error instanceof ExpectedError) || error.code !== 'NetworkInvalid') throw error;
    throw new ExpectedError('SecurityGroupNotFound', error.message, { id: name });
  }
}
