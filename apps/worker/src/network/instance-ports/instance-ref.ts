import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';

/**
 * A server as the network side knows it. Anybody may write any text into a port's `device_id`: a port is a server's
 * only when both are of one project, which nobody can choose for a port of his (nova asks Neutron by both too).
 */
export interface InstanceRef {
  readonly id: string;
  readonly project_id: string;
}

/** The condition that a row `p` of ports belongs to a server. */
export function belongsTo({ id, project_id: projectId }: InstanceRef): RawBuilder<boolean> {
  return sql<boolean>`p.device_id = ${id} and p.device_id <> '' and p.project_id = ${projectId}`;
}

/** The order of a server's NICs: as they were asked for; ports that the server did not bind itself come last. */
export const nicOrder = sql`p.nic_index nulls last, p.created_at, p.id`;
