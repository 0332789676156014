import type { ListArgs } from '#libs/contracts';
import { Fault } from '../../edge/errors/fault.js';
import { booleanOf, lastOf, valuesOf } from '../../edge/query/query.js';
import type { Query } from '../../edge/query/query.js';
import { pageOf, sortOf } from '../paging.js';
import { statesOf } from './server-status.js';

/** Query parameter → filter on the bus. Those that everybody may use. */
const FILTERS: Readonly<Record<string, string>> = {
  name: 'name',
  display_name: 'name',
  image: 'image_ref',
  image_ref: 'image_ref',
  flavor: 'flavor_id',
  ip: 'ip',
  ip6: 'ip6',
  reservation_id: 'reservation_id',
  availability_zone: 'availability_zone',
  key_name: 'key_name',
  power_state: 'power_state',
  task_state: 'task_state',
  vm_state: 'vm_state',
  user_id: 'user_id',
};

/** Filters of `os_compute_api:servers:allow_all_filters`; without it they are ignored, as in nova. */
const ALL_FILTERS: Readonly<Record<string, string>> = {
  uuid: 'id',
  host: 'host',
  node: 'node',
  hypervisor_hostname: 'node',
  hostname: 'hostname',
  launch_index: 'launch_index',
  root_device_name: 'root_device_name',
  description: 'description',
};

const SORT_KEYS: Readonly<Record<string, string>> = {
  availability_zone: 'availability_zone',
  created_at: 'created_at',
  display_name: 'name',
  host: 'host',
  hostname: 'hostname',
  image_ref: 'image_ref',
  key_name: 'key_name',
  launch_index: 'launch_index',
  launched_at: 'launched_at',
  locked: 'locked',
  node: 'node',
  power_state: 'power_state',
  project_id: 'project_id',
  root_device_name: 'root_device_name',
  task_state: 'task_state',
  updated_at: 'updated_at',
  user_id: 'user_id',
  uuid: 'id',
  vm_state: 'vm_state',
};

/** What the policy lets the caller ask for. */
export interface ServerQueryRights {
  readonly allFilters: boolean;
  readonly isAdmin: boolean;
}

/** The bus's list arguments of a query; undefined when nothing can match. Throws Fault 400 and 403. */
export function serverListArgs(
  query: Query,
  version: number,
  maxLimit: number,
  rights: ServerQueryRights,
): ListArgs | undefined {
  const filters: Record<string, string[]> = {};
  const known = rights.allFilters ? { ...FILTERS, ...ALL_FILTERS } : FILTERS;
  for (const [parameter, filter] of Object.entries(known)) {
    const values = valuesOf(query, parameter);
    if (values.length > 0) filters[filter] = [...values];
  }
  addBoolean(filters, query, 'config_drive', 'config_drive');
  if (version >= 73) addBoolean(filters, query, 'locked', 'locked');
  addTime(filters, query, 'changes-since', 'changes_since');
  if (version >= 66) addTime(filters, query, 'changes-before', 'changes_before');
  if (rights.isAdmin) addBoolean(filters, query, 'deleted', 'deleted');
  // No server has a tag, so a list by tags is empty and one without tags is the whole list.
  if (version >= 26 && (valuesOf(query, 'tags').length > 0 || valuesOf(query, 'tags-any').length > 0)) return undefined;
  if (!addStatus(filters, query, rights)) return undefined;
  const allProjects = allTenants(query);
  if (allProjects && rights.isAdmin) {
    const projects = [...valuesOf(query, 'project_id'), ...valuesOf(query, 'tenant_id')];
    if (projects.length > 0) filters['project_id'] = projects;
  }
  return {
    filters,
    ...pageOf(query, maxLimit),
    ...sortOf(query, SORT_KEYS),
    ...(allProjects ? { all_projects: true } : {}),
  };
}

/** `all_tenants`: given without a value is true. */
export function allTenants(query: Query): boolean {
  const text = lastOf(query, 'all_tenants');
  if (text === undefined) return false;
  const value = text === '' ? true : booleanOf(text);
  if (value === undefined) throw invalid('all_tenants', text);
  return value;
}

function addBoolean(filters: Record<string, string[]>, query: Query, parameter: string, filter: string): void {
  const text = lastOf(query, parameter);
  if (text === undefined) return;
  const value = booleanOf(text);
  if (value === undefined) throw invalid(parameter, text);
  filters[filter] = [String(value)];
}

function addTime(filters: Record<string, string[]>, query: Query, parameter: string, filter: string): void {
  const text = lastOf(query, parameter);
  if (text === undefined) return;
  // A time without a zone is UTC here; a plus of a zone may have become a space in the query.
  const plain = text.trim().replace(/ (\d{2}:?\d{2})$/, '+$1');
  const zoned = /([zZ]|[+-]\d{2}:?\d{2})$/.test(plain) || !plain.includes('T') ? plain : `${plain}Z`;
  const time = /^\d{4}-\d{2}-\d{2}/.test(plain) ? Date.parse(zoned) : Number.NaN;
  if (Number.isNaN(time)) throw new Fault(400, `Invalid ${parameter} value`, { code: 'InvalidInput' });
  filters[filter] = [new Date(time).toISOString()];
}

/** False when no status can match. */
function addStatus(filters: Record<string, string[]>, query: Query, rights: ServerQueryRights): boolean {
  const statuses = valuesOf(query, 'status');
  if (statuses.length === 0) return true;
  const found = statuses.map(statesOf).filter((states) => states !== undefined);
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
