import { sql } from 'kysely';
import { badRequest } from '../network.errors.js';
import type { Transaction } from '../../store/index.js';

/** Writes down that a router reaches subnets by a port. Error NetworkBadRequest where it reaches one already. */
export async function joinSubnets(
  tx: Transaction,
  routerId: string,
  portId: string,
  subnetIds: readonly string[],
): Promise<void> {
  for (const id of subnetIds) {
    const joined = await sql`
      insert into router_interfaces (router_id, subnet_id, port_id) values (${routerId}, ${id}, ${portId})
      on conflict do nothing`.execute(tx);
    if (joined.numAffectedRows !== 1n) throw badRequest('router', `Router already has a port on subnet ${id}`);
  }
}
