import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { ListArgs } from '#libs/contracts';
import { booleanFilter, changeFilters, textFilter } from '../../listing/filters.js';
import type { ListDefinition } from '../../listing/list-definition.js';
import { columnPattern, expressionPattern } from '../../listing/patterns/pattern-filter.js';
import type { PatternFilter } from '../../listing/list-definition.js';
import { listRows } from '../../listing/list-rows.js';
import type { RowPage } from '../../listing/list-rows.js';
import type { InstanceRow } from '../../instances/instance-row.js';
import type { Queries } from '../../store/index.js';

/** As in nova: these fields are compared exactly, the others as patterns. */
const TEXTS = ['id', 'project_id', 'user_id', 'host', 'image_ref', 'flavor_id', 'vm_state', 'task_state'];
const PATTERNS = [
  'access_ip_v4',
  'access_ip_v6',
  'availability_zone',
  'description',
  'hostname',
  'key_name',
  'locked_by',
  'name',
  'node',
  'reservation_id',
  'root_device_name',
];
const NUMBER_PATTERNS = ['launch_index', 'power_state', 'progress'];
const TIME_PATTERNS = ['created_at', 'launched_at', 'terminated_at'];
const NOT_NULL_SORTS = [
  'access_ip_v4',
  'access_ip_v6',
  'auto_disk_config',
  'config_drive',
  'flavor_id',
  'hostname',
  'id',
  'image_ref',
  'locked',
  'name',
  'project_id',
  'user_id',
  'vm_state',
];
const NUMBER_SORTS = ['power_state', 'launch_index', 'progress'];
const NULLABLE_SORTS = [
  'availability_zone',
  'description',
  'host',
  'key_name',
  'locked_by',
  'node',
  'root_device_name',
  'task_state',
];
const IMAGE_PROPERTIES = ['kernel_id', 'ramdisk_id'];

const column = (name: string): RawBuilder<unknown> => sql.ref(`i.${name}`);
/** Markers cannot be compared with NULL. */
const orEmpty = (name: string): RawBuilder<unknown> => sql`coalesce(${column(name)}, '')`;

const servers: ListDefinition = {
  from: sql`instances i`,
  select: sql`i.*`,
  id: column('id'),
  filters: {
    ...Object.fromEntries(TEXTS.map((name) => [name, textFilter(`i.${name}`)])),
    locked: booleanFilter('i.locked'),
    config_drive: booleanFilter('i.config_drive'),
    tags: (tags) => sql<boolean>`i.tags ?& ${[...tags]}::text[]`,
    tags_any: (tags) => sql<boolean>`i.tags ?| ${[...tags]}::text[]`,
    not_tags: (tags) => sql<boolean>`not i.tags ?& ${[...tags]}::text[]`,
    not_tags_any: (tags) => sql<boolean>`not i.tags ?| ${[...tags]}::text[]`,
    auto_disk_config: booleanFilter('i.auto_disk_config'),
    ...changeFilters('i.updated_at'),
  },
  patterns: {
    ...Object.fromEntries(PATTERNS.map((name) => [name, columnPattern(`i.${name}`)])),
    ...Object.fromEntries(NUMBER_PATTERNS.map((name) => [name, expressionPattern(sql`${column(name)}::text`)])),
    ...Object.fromEntries(TIME_PATTERNS.map((name) => [name, expressionPattern(timeText(name))])),
    ...Object.fromEntries(IMAGE_PROPERTIES.map((name) => [name, expressionPattern(imageProperty(name))])),
    ip: addressPattern(4),
    ip6: addressPattern(6),
  },
  sortKeys: Object.fromEntries([
    ...[...NOT_NULL_SORTS, ...NUMBER_SORTS, 'created_at', 'updated_at'].map((name) => [name, column(name)]),
    ...NULLABLE_SORTS.map((name) => [name, orEmpty(name)]),
    ...IMAGE_PROPERTIES.map((name) => [name, imageProperty(name)]),
    ...['launched_at', 'terminated_at'].map((name) => [name, sql`coalesce(${column(name)}, '-infinity')`]),
  ]),
  defaultSort: [{ key: 'created_at', dir: 'desc' }],
};

/** A page of the servers of a project, or of all projects for null. */
export async function listServers(
  db: Queries,
  projectId: string | null,
  args: ListArgs,
): Promise<RowPage<InstanceRow>> {
  const { deleted, soft_deleted: soft, ...filters } = args.filters ?? {};
  const conditions = [projectId === null ? sql`true` : sql`i.project_id = ${projectId}`];
  const isChanged = filters['changes_since'] !== undefined || filters['changes_before'] !== undefined;
  if (deleted?.includes('true') === true) {
    // A server whose delete is deferred counts as deleted for its owner.
    conditions.push(soft?.includes('false') === true ? sql`i.deleted` : sql`(i.deleted or i.vm_state = 'soft-delete')`);
  } else if (deleted !== undefined || !isChanged) {
    // A client that asks for changes also gets deleted servers.
    conditions.push(sql`not i.deleted`);
    // As in nova: a list without deleted servers also leaves out those whose delete is deferred, unless it asks for
    // that state.
    if (soft?.includes('true') !== true && filters['vm_state'] === undefined) {
      conditions.push(sql`i.vm_state <> 'soft-delete'`);
    }
  }
  const visible = sql<boolean>`${sql.join(conditions, sql` and `)}`;
  return listRows<InstanceRow>(db, servers, visible, Object.assign({}, args, { filters }), projectId ?? '');
}

/** A time in the format of nova's database. */
function timeText(name: string): RawBuilder<unknown> {
  return sql`to_char(${column(name)} at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS')`;
}

function imageProperty(name: string): RawBuilder<unknown> {
  return sql`coalesce(i.image_properties ->> ${name}, '')`;
}

/** Matches any address of an IP version. */
function addressPattern(version: 4 | 6): PatternFilter {
  const addresses = sql`ports p join ip_allocations a on a.port_id = p.id
    where p.device_id = i.id and p.project_id = i.project_id and family(a.ip_address) = ${version}`;
  return {
    texts: sql`array(select host(a.ip_address) from ${addresses})`,
    like: (pattern) => sql<boolean>`exists (select 1 from ${addresses} and host(a.ip_address) ilike ${pattern})`,
  };
}
