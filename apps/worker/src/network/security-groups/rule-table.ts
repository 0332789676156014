import { sql } from 'kysely';
import { SecurityGroupRule } from '#libs/contracts';
import { booleanFilter, expressionFilter } from '../../listing/filters.js';
import { resourceTable } from '../../resources/resource-table.js';

/** `remote_ip_prefix` without host bits. */
const normalized = sql`network(r.remote_ip_prefix::inet)::text`;

/** How rules (`r`) and their groups (`g`) are read. */
export const ruleTable = resourceTable(SecurityGroupRule, {
  alias: 'r',
  joins: sql`join security_groups g on g.id = r.security_group_id`,
  columns: { normalized_cidr: normalized, belongs_to_default_sg: sql`g.is_default` },
  filters: { normalized_cidr: expressionFilter(normalized), belongs_to_default_sg: booleanFilter('g.is_default') },
});
