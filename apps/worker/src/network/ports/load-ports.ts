import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { RequestContext } from '#libs/telemetry';
import type { PortData } from '#libs/contracts';
import { ofNetworks } from '../networks/network-table.js';
import { FOREIGN, FOREIGN_NETWORK } from '../network-policy.js';
import type { NetworkPolicy } from '../network-policy.js';
import type { Queries } from '../../store/index.js';
import { portTable, withNetworks } from './port-table.js';

/** A condition on ports `p` that selects those the caller may see. */
export function visiblePorts(policy: NetworkPolicy, context: RequestContext): RawBuilder<boolean> {
  const { project_id: project } = context;
  return policy.visible(context, 'get_port', [
    policy.ownRows(context, 'p', FOREIGN_NETWORK),
    {
      example: FOREIGN,
      parent: { project_id: project },
      condition: ofNetworks('p', sql<boolean>`n.project_id = ${project}`),
    },
  ]);
}

/** Ports that match a condition on `p`. */
export async function loadPorts(
  db: Queries,
  condition: RawBuilder<boolean>,
  order: RawBuilder<unknown>,
): Promise<readonly PortData[]> {
  const result = await sql<PortData>`
    select ${portTable.select} from ports p ${withNetworks} where ${condition} order by ${order}`.execute(db);
  return result.rows;
}

/** One port by its id; `lock` locks it against changes until the transaction ends. */
export async function findPort(db: Queries, id: string, lock = false): Promise<PortData | null> {
  const result = await sql<PortData>`
    select ${portTable.select} from ports p ${withNetworks}
    where p.id = ${id} ${lock ? sql`for no key update of p` : sql``}`.execute(db);
  return result.rows[0] ?? null;
}
