import type { FastifyRequest } from 'fastify';
import type { ListArgs } from '#libs/contracts';
import { Fault } from '../../edge/errors/fault.js';
import { booleanOf, lastOf, queryOf, valuesOf } from '../../edge/query/query.js';
import type { Query } from '../../edge/query/query.js';
import { sortOf } from '../paging.js';
import type { Pages } from '../paging.js';
import { versionOf } from '../versions/microversion.js';
import { statesOf } from './server-status.js';

/** Query parameter → filter on the bus. Permitted for every caller. */
const FILTERS: Readonly<Record<string, string>> = {
  name: 'name',
  image: 'image_ref',
  flavor: 'flavor_id',
  ip: 'ip',
  reservation_id: 'reservation_id',
};

/** Permitted for every caller since 2.83. */
const LATER_FILTERS: Readonly<Record<string, string>> = {
  availability_zone: 'availability_zone',
  created_at: 'created_at',
  key_name: 'key_name',
  launched_at: 'launched_at',
  power_state: 'power_state',
  progress: 'progress',
  task_state: 'task_state',
  terminated_at: 'terminated_at',
  user_id: 'user_id',
  vm_state: 'vm_state',
};

/** Filters of `os_compute_api:servers:allow_all_filters`; without it they are ignored, as in nova. */
const ALL_FILTERS: Readonly<Record<string, string>> = {
  ...LATER_FILTERS,
  access_ip_v4: 'access_ip_v4',
  access_ip_v6: 'access_ip_v6',
  description: 'description',
  display_description: 'description',
  display_name: 'name',
  host: 'host',
  hostname: 'hostname',
  image_ref: 'image_ref',
  ip6: 'ip6',
  kernel_id: 'kernel_id',
  launch_index: 'launch_index',
  locked_by: 'locked_by',
  node: 'node',
  ramdisk_id: 'ramdisk_id',
  root_device_name: 'root_device_name',
  uuid: 'id',
};

/** nova's columns for joined tables: they are not filters, and are refused as such. */
const JOINED = 'block_device_mapping services metadata system_metadata info_cache security_groups pci_devices'.split(
  ' ',
);

const SORT_KEYS: Readonly<Record<string, string>> = {
  access_ip_v4: 'access_ip_v4',
  access_ip_v6: 'access_ip_v6',
  auto_disk_config: 'auto_disk_config',
  availability_zone: 'availability_zone',
  config_drive: 'config_drive',
  created_at: 'created_at',
  display_description: 'description',
  display_name: 'name',
  host: 'host',
  hostname: 'hostname',
  image_ref: 'image_ref',
  instance_type_id: 'flavor_id',
  kernel_id: 'kernel_id',
  key_name: 'key_name',
  launch_index: 'launch_index',
  launched_at: 'launched_at',
  locked_by: 'locked_by',
  node: 'node',
  power_state: 'power_state',
  progress: 'progress',
  project_id: 'project_id',
  ramdisk_id: 'ramdisk_id',
  root_device_name: 'root_device_name',
  task_state: 'task_state',
  terminated_at: 'terminated_at',
  updated_at: 'updated_at',
  user_id: 'user_id',
  uuid: 'id',
  vm_state: 'vm_state',
};

/** Columns of nova that were sort keys once: ignored until 2.74, refused since. */
const PASSED_SORT_KEYS = (
  'architecture cell_name cleaned default_ephemeral_device default_swap_device deleted deleted_at disable_terminate ' +
  'ephemeral_gb ephemeral_key_uuid id key_data launched_on memory_mb os_type reservation_id root_gb shutdown_terminate ' +
  'user_data vcpus vm_mode'
).split(' ');

/** The sort keys of a version, and those that it ignores. */
function sortKeysOf(version: number): { readonly keys: Readonly<Record<string, string>>; readonly passed: string[] } {
  const keys = version < 73 ? SORT_KEYS : { ...SORT_KEYS, locked: 'locked' };
  if (version >= 75) return { keys, passed: [] };
  return { keys, passed: version < 73 ? [...PASSED_SORT_KEYS, 'locked'] : PASSED_SORT_KEYS };
}

/** The order of a list would reveal the host of a server. */
const ADMIN_SORT_KEYS = ['host', 'node'];

/** The parts of a query that the policy permits. */
export interface ServerQueryRights {
  readonly allFilters: boolean;
  readonly isAdmin: boolean;
}

/** The bus's list arguments of a query; undefined when nothing can match. Throws Fault 400 and 403. */
export function serverListArgs(request: FastifyRequest, pages: Pages, rights: ServerQueryRights): ListArgs | undefined {
  const query = queryOf(request);
  const version = versionOf(request);
  const filters: Record<string, string[]> = {};
  if (rights.allFilters) refuseJoined(query);
  const known = knownFilters(version, rights);
  for (const [parameter, filter] of Object.entries(known)) {
    const value = lastOf(query, parameter);
    if (value !== undefined) filters[filter] = [value];
  }
  if (rights.allFilters || version >= 83) addBoolean(filters, query, 'config_drive', 'config_drive');
  if (rights.allFilters) addBoolean(filters, query, 'auto_disk_config', 'auto_disk_config');
  if (version >= 73) addBoolean(filters, query, 'locked', 'locked', notBoolean);
  addTimes(filters, query);
  if (rights.isAdmin) addDeleted(filters, query);
  if (version >= 26) addTags(filters, query);
  if (!addStatus(filters, query, version, rights)) return undefined;
  const { keys, passed } = sortKeysOf(version);
  const sort = sortOf(query, keys, passed);
  if (!rights.isAdmin) refuseAdminSorts(query);
  const allProjects = allTenants(query);
  if (allProjects && rights.isAdmin) {
    const projects = [...valuesOf(query, 'project_id'), ...valuesOf(query, 'tenant_id')];
    if (projects.length > 0) filters['project_id'] = projects;
  }
  return {
    filters,
    ...pages.asked(request, { emptyIsNone: true }),
    ...sort,
    ...(allProjects ? { all_projects: true } : {}),
  };
}

function knownFilters(version: number, rights: ServerQueryRights): Readonly<Record<string, string>> {
  if (rights.allFilters) return { ...FILTERS, ...ALL_FILTERS };
  return {
    ...FILTERS,
    ...(version >= 5 && { ip6: 'ip6' }),
    ...(version >= 83 && LATER_FILTERS),
    ...(version >= 90 && { hostname: 'hostname' }),
  };
}

function refuseJoined(query: Query): void {
  const name = Object.keys(query).find((each) => JOINED.includes(each) || each.startsWith('_'));
  if (name === undefined) return;
  throw new Fault(400, `Invalid filter field: ${name.slice(0, 64)}.`, { code: 'InvalidInput', facts: { field: name } });
}

/** nova's remove_invalid_sort_keys. */
function refuseAdminSorts(query: Query): void {
  const key = valuesOf(query, 'sort_key').find((name) => ADMIN_SORT_KEYS.includes(name));
  if (key === undefined) return;
  throw new Fault(403, `Only administrators can sort servers by ${key}`, { code: 'Forbidden' });
}

/** `all_tenants`: without a value it is true. */
export function allTenants(query: Query): boolean {
  const text = lastOf(query, 'all_tenants');
  if (text === undefined) return false;
  const value = text === '' ? true : booleanOf(text);
  if (value === undefined) throw notBoolean('all_tenants', text);
  return value;
}

/** Lists of tags with commas; if repeated, the last one is used. */
function addTags(filters: Record<string, string[]>, query: Query): void {
  for (const name of ['tags', 'tags-any', 'not-tags', 'not-tags-any']) {
    const text = lastOf(query, name);
    if (text !== undefined) filters[name.replaceAll('-', '_')] = text.split(',');
  }
}

function addBoolean(
  filters: Record<string, string[]>,
  query: Query,
  parameter: string,
  filter: string,
  refused = invalid,
): void {
  const text = lastOf(query, parameter);
  if (text === undefined) return;
  const value = booleanOf(text);
  if (value === undefined) throw refused(parameter, text);
  filters[filter] = [String(value)];
}

/** The two must not exclude each other. */
function addTimes(filters: Record<string, string[]>, query: Query): void {
  addTime(filters, query, 'changes-since', 'changes_since');
  addTime(filters, query, 'changes-before', 'changes_before');
  requireOrder(filters['changes_since']?.[0], filters['changes_before']?.[0]);
}

/** `changes-since` and `changes-before`. Throws Fault 400 if they exclude each other. */
export function requireOrder(since = '', before = ''): void {
  if (since === '' || before === '' || !(Date.parse(since) > Date.parse(before))) return;
  throw new Fault(400, 'The value of changes-since must be less than or equal to changes-before.', {
    code: 'InvalidInput',
  });
}

/** An invalid boolean is false here. Soft-deleted servers count as deleted, unless they are excluded. */
function addDeleted(filters: Record<string, string[]>, query: Query): void {
  const [deleted, soft] = [lastOf(query, 'deleted'), lastOf(query, 'soft_deleted')];
  if (deleted !== undefined) filters['deleted'] = [String(booleanOf(deleted) ?? false)];
  if (soft !== undefined) filters['soft_deleted'] = [String(booleanOf(soft) ?? soft !== '')];
}

function addTime(filters: Record<string, string[]>, query: Query, parameter: string, filter: string): void {
  const text = lastOf(query, parameter);
  if (text === undefined) return;
  // A time without a zone is UTC here; the plus of a zone may have become a space in the query.
  const plain = text.trim().replace(/ (\d{2}:?\d{2})$/, '+$1');
  const zoned = /([zZ]|[+-]\d{2}:?\d{2})$/.test(plain) || !plain.includes('T') ? plain : `${plain}Z`;
  const time = /^\d{4}-\d{2}-\d{2}/.test(plain) ? Date.parse(zoned) : Number.NaN;
  if (Number.isNaN(time)) throw new Fault(400, `Invalid ${parameter} value`, { code: 'InvalidInput' });
  filters[filter] = [new Date(time).toISOString()];
}

/** False when no status can match. */
function addStatus(
  filters: Record<string, string[]>,
  query: Query,
  version: number,
  rights: ServerQueryRights,
): boolean {
  const statuses = valuesOf(query, 'status');
  if (statuses.length === 0) return true;
  const found = statuses.map(statesOf).filter((states) => states !== undefined);
  if (found.length === 0 && version >= 38) throw new Fault(400, 'Invalid status value', { code: 'InvalidInput' });
  if (found.length === 0) return false;
  const vmStates = found.flatMap((states) => states.vmStates);
  if (vmStates.includes('deleted')) {
    if (!rights.isAdmin) throw new Fault(403, 'Only administrators may list deleted instances', { code: 'Forbidden' });
    filters['deleted'] = ['true'];
  }
  filters['vm_state'] = [...new Set(vmStates)];
  if (found.every((states) => states.taskStates.length > 0)) {
    filters['task_state'] = [...new Set(found.flatMap((states) => states.taskStates))];
  }
  return true;
}

/** oslo.utils' text of bool_from_string. */
function notBoolean(parameter: string, value: string): Fault {
  const values = ['0', '1', 'f', 'false', 'n', 'no', 'off', 'on', 't', 'true', 'y', 'yes'];
  const text = `Unrecognized value '${value.slice(0, 64)}', acceptable values are: ${values.map((one) => `'${one}'`).join(', ')}`;
  return new Fault(400, text, { code: 'InvalidInput', facts: { field: parameter } });
}

function invalid(parameter: string, value: string): Fault {
  const shown = value.slice(0, 64);
  return new Fault(
    400,
    `Invalid input for query parameters ${parameter}. Value: ${shown}. '${shown}' is not a boolean`,
    {
      code: 'InvalidInput',
      facts: { field: parameter },
    },
  );
}
