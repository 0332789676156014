import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { ListArgs } from '#libs/contracts';
import { booleanFilter, integerFilter, invalidFilter, textFilter } from '../../listing/filters.js';
import type { Filter, ListDefinition } from '../../listing/list-definition.js';
import { listRows } from '../../listing/list-rows.js';
import type { RowPage } from '../../listing/list-rows.js';
import type { InstanceRow } from '../../instances/instance-row.js';
import { sqlState } from '../../store/index.js';
import type { Queries } from '../../store/index.js';

const TEXTS = [
  'id',
  'project_id',
  'user_id',
  'host',
  'node',
  'image_ref',
  'flavor_id',
  'key_name',
  'availability_zone',
  'vm_state',
  'task_state',
  'reservation_id',
  'hostname',
  'description',
  'root_device_name',
];
const NOT_NULL_SORTS = ['id', 'name', 'hostname', 'image_ref', 'vm_state', 'project_id', 'user_id', 'locked'];
const NUMBER_SORTS = ['power_state', 'launch_index'];
const NULLABLE_SORTS = ['host', 'node', 'key_name', 'availability_zone', 'task_state', 'root_device_name'];

const column = (name: string): RawBuilder<unknown> => sql.ref(`i.${name}`);
/** NULL is no place in an order that markers could name. */
const orEmpty = (name: string): RawBuilder<unknown> => sql`coalesce(${column(name)}, '')`;

const servers: ListDefinition = {
  from: sql`instances i`,
  select: sql`i.*`,
  id: column('id'),
  filters: {
    ...Object.fromEntries(TEXTS.map((name) => [name, textFilter(`i.${name}`)])),
    power_state: integerFilter('i.power_state'),
    launch_index: integerFilter('i.launch_index'),
    locked: booleanFilter('i.locked'),
    config_drive: booleanFilter('i.config_drive'),
    deleted: booleanFilter('i.deleted'),
    name: patternFilter((pattern) => sql`i.name ~* ${pattern}`),
    ip: addressFilter(4),
    ip6: addressFilter(6),
    changes_since: timeFilter('changes_since', sql`>=`),
    changes_before: timeFilter('changes_before', sql`<=`),
  },
  sortKeys: Object.fromEntries([
    ...[...NOT_NULL_SORTS, ...NUMBER_SORTS, 'created_at', 'updated_at'].map((name) => [name, column(name)]),
    ...NULLABLE_SORTS.map((name) => [name, orEmpty(name)]),
    ['launched_at', sql`coalesce(i.launched_at, '-infinity')`],
  ]),
  defaultSort: [{ key: 'created_at', dir: 'desc' }],
};

/** A page of servers of a project, or of all for null. */
export async function listServers(
  db: Queries,
  projectId: string | null,
  args: ListArgs,
): Promise<RowPage<InstanceRow>> {
  const filters = args.filters ?? {};
  const conditions = [projectId === null ? sql`true` : sql`i.project_id = ${projectId}`];
  // Who asks what has changed wants to hear of what is gone, too.
  if (filters['deleted'] === undefined && filters['changes_since'] === undefined) conditions.push(sql`not i.deleted`);
  const visible = sql<boolean>`${sql.join(conditions, sql` and `)}`;
  try {
    return await listRows<InstanceRow>(db, servers, visible, args);
  } catch (error) {
    // invalid_regular_expression
    if (sqlState(error) === '2201B') throw invalidFilter('name', patternOf(filters), 'a regular expression');
    throw error;
  }
}

function patternOf(filters: Readonly<Record<string, readonly string[]>>): string {
  return [...(filters['name'] ?? []), ...(filters['ip'] ?? []), ...(filters['ip6'] ?? [])].join(' ');
}

function patternFilter(condition: (pattern: string) => RawBuilder<unknown>): Filter {
  return (values) => sql<boolean>`(${sql.join(values.map(condition), sql` or `)})`;
}

function addressFilter(version: 4 | 6): Filter {
  return patternFilter(
    (pattern) => sql`exists (
      select 1 from ports p join ip_allocations a on a.port_id = p.id
      where p.device_id = i.id and family(a.ip_address) = ${version} and host(a.ip_address) ~* ${pattern})`,
  );
}

function timeFilter(name: string, operator: RawBuilder<unknown>): Filter {
  return ([text = '']) => {
    if (Number.isNaN(Date.parse(text))) throw invalidFilter(name, text, 'an ISO 8601 time');
    return sql<boolean>`i.updated_at ${operator} ${text}::timestamptz`;
  };
}
