import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { Queries, Transaction } from '../../store/index.js';
import { ensureDefaultGroup } from '../security-groups/default-group.js';
import { nicOrder } from './instance-ref.js';
import type { InstanceRef } from './instance-ref.js';

interface NamedGroup {
  readonly id: string;
  readonly name: string;
}

/**
 * The ids of a project's groups that a server create names, by name or id, kept from being deleted until the commit;
 * `default` is made where it was never looked for. Errors with nova's texts: NetworkInvalid, Conflict for a name that
 * several groups have.
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

/** The names of the groups of each server's ports, port by port; a server whose ports have none is not in the map. */
export async function groupNamesOf(
  db: Queries,
  instances: readonly InstanceRef[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = new Map<string, string[]>();
  if (instances.length === 0) return names;
  const { rows } = await sql<{ instance_id: string; name: string }>`
    select p.device_id as instance_id, coalesce(nullif(g.name, ''), g.id) as name
    from unnest(${instances.map(({ id }) => id)}::text[],
      ${instances.map(({ project_id: project }) => project)}::text[]) as i (id, project_id)
    join ports p on p.device_id = i.id and p.project_id = i.project_id and p.device_id <> ''
    join port_security_groups s on s.port_id = p.id
    join security_groups g on g.id = s.security_group_id
    order by ${nicOrder}, g.name, g.id`.execute(db);
  for (const { instance_id: id, name } of rows) {
    const list = names.get(id);
    if (list === undefined) names.set(id, [name]);
    else list.push(name);
  }
  return names;
}
