import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { Transaction } from '../../store/index.js';
import { ensureDefaultGroup } from '../security-groups/default-group.js';

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
