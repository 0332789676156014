import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';

/**
 * A server as the network code knows it. Any user may write any text to a port's `device_id`. So a port belongs to a
 * server only if both have the same project, which a user cannot choose freely (nova also filters Neutron's ports by
 * both).
 */
export interface InstanceRef {
  readonly id: string;
  readonly project_id: string;
}

/** The condition that a row `p` of ports belongs to a server. */
export function belongsTo({ id, project_id: projectId }: InstanceRef): RawBuilder<boolean> {
  return sql<boolean>`p.device_id = ${id} and p.device_id <> '' and p.project_id = ${projectId}`;
}

/** The order of a server's NICs: the requested order; ports that the server's build did not bind come last. */
export const nicOrder = sql`p.nic_index nulls last, p.created_at, p.id`;
