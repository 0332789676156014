import { sql } from 'kysely';
import { Network } from '#libs/contracts';
import { resourceTable } from '../../resources/resource-table.js';

/** How networks (`n`) are read. */
export const networkTable = resourceTable(Network, {
  alias: 'n',
  columns: { subnets: sql`array(select s.id from subnets s where s.network_id = n.id order by s.created_at, s.id)` },
});
