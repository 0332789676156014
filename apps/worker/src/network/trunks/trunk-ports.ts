import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { Transaction } from '../../store/index.js';

/** Error PortInUseAsTrunkParent or PortInUseAsSubPort for a port that a trunk has: it does not go before the trunk. */
export async function refuseTrunkPort(tx: Transaction, portId: string): Promise<void> {
  const { rows } = await sql<{ trunk_id: string; parent: boolean }>`
    select id as trunk_id, true as parent from trunks where port_id = ${portId}
    union all select trunk_id, false from subports where port_id = ${portId}`.execute(tx);
  const [found] = rows;
  if (found === undefined) return;
  const [code, what] = found.parent
    ? (['PortInUseAsTrunkParent', 'parent port'] as const)
    : (['PortInUseAsSubPort', 'subport'] as const);
  throw new ExpectedError(code, `Port ${portId} is currently a ${what} for trunk ${found.trunk_id}.`);
}
