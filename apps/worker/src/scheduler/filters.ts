import ipaddr from 'ipaddr.js';
import type { FilterSchedulerOptions, SchedulerFilterName } from '#libs/options';
import { leastOfAggregates, valuesOfAggregates } from './host-state.js';
import type { HostState } from './host-state.js';
import { textsOf } from './placement-request.js';
import type { PlacementRequest } from './placement-request.js';

type Operator = (args: readonly unknown[]) => boolean;

/** Compares all later values with the first, as nova's JsonFilter does. */
const each =
  (test: (first: unknown, other: unknown) => boolean): Operator =>
  ([first, ...others]) =>
    others.length > 0 && others.every((other) => test(first, other));
const ordered = (test: (a: number | string, b: number | string) => boolean): Operator =>
  each((a, b) => isComparable(a) && isComparable(b) && typeof a === typeof b && test(a, b));

const OPERATORS: Readonly<Record<string, Operator>> = {
  '=': each((a, b) => a === b),
  '<': ordered((a, b) => a < b),
  '>': ordered((a, b) => a > b),
  '<=': ordered((a, b) => a <= b),
  '>=': ordered((a, b) => a >= b),
  in: ([first, ...others]) => others.flat().includes(first),
  not: (args) => args.every((value) => value !== true),
  and: (args) => args.every((value) => value === true),
  or: (args) => args.includes(true),
};

/** A query that is nested deeper was not written by a person. */
const MAX_DEPTH = 16;

function isComparable(value: unknown): value is number | string {
  return typeof value === 'number' || typeof value === 'string';
}

/** The variables of a query: `["$free_ram_mb", …]`, from nova's HostState. */
function variable(host: HostState, name: string): unknown {
  const values: Readonly<Record<string, unknown>> = {
    host: host.host,
    hypervisor_hostname: host.node,
    hypervisor_type: host.hypervisor_type,
    hypervisor_version: host.hypervisor_version,
    free_ram_mb: host.memory - host.memory_used,
    free_disk_mb: (host.disk - host.disk_used) * 1024,
    total_usable_ram_mb: host.memory,
    total_usable_disk_gb: host.disk,
    disk_mb_used: host.disk_used * 1024,
    vcpus_total: host.vcpus,
    vcpus_used: host.vcpus_used,
    num_instances: host.servers,
    num_io_ops: host.io_ops,
  };
  return Object.hasOwn(values, name) ? values[name] : null;
}

/** Whether a host meets a query such as `["and", [">=", "$free_ram_mb", 1024], ["=", "$host", "h1"]]`. */
function meetsQuery(host: HostState, query: unknown, depth = 0): boolean {
  const [operator, ...args] = Array.isArray(query) ? query : [];
  const run = typeof operator === 'string' && Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  if (run === undefined || depth > MAX_DEPTH) return false;
  return run(
    args.map((value: unknown) => {
      if (Array.isArray(value)) return meetsQuery(host, value, depth + 1);
      return typeof value === 'string' && value.startsWith('$') ? variable(host, value.slice(1)) : value;
    }),
  );
}

/** Operators at the beginning of an extra spec, as in nova.scheduler.filters.extra_specs_ops. */
const COMPARISONS: Readonly<Record<string, (value: string, wanted: string) => boolean>> = {
  '=': (value, wanted) => Number(value) >= Number(wanted),
  '==': (value, wanted) => Number(value) === Number(wanted),
  '!=': (value, wanted) => Number(value) !== Number(wanted),
  '>=': (value, wanted) => Number(value) >= Number(wanted),
  '<=': (value, wanted) => Number(value) <= Number(wanted),
  's==': (value, wanted) => value === wanted,
  's!=': (value, wanted) => value !== wanted,
  's<': (value, wanted) => value < wanted,
  's<=': (value, wanted) => value <= wanted,
  's>': (value, wanted) => value > wanted,
  's>=': (value, wanted) => value >= wanted,
  '<in>': (value, wanted) => value.includes(wanted),
};

/** Whether a value of a host or an aggregate meets an extra spec: `5`, `>= 5`, `s!= x`, `<in> x`, `<or> a <or> b`. */
export function meetsSpec(value: string, requirement: string): boolean {
  const words = requirement.trim().split(/\s+/);
  const [operator = '', ...rest] = words;
  if (operator === '<or>') return words.filter((_word, index) => index % 2 === 1).includes(value);
  if (operator === '<all-in>') return rest.every((word) => value.includes(word));
  const compare = Object.hasOwn(COMPARISONS, operator) ? COMPARISONS[operator] : undefined;
  return compare === undefined ? value === requirement : compare(value, rest.join(' '));
}

/** Limits of the filters that count. */
type FilterBounds = Pick<
  FilterSchedulerOptions,
  | 'maxIoOpsPerHost'
  | 'maxInstancesPerHost'
  | 'isolatedHosts'
  | 'isolatedImages'
  | 'restrictIsolatedHostsToIsolatedImages'
>;

type HostFilter = (host: HostState, request: PlacementRequest, bounds: FilterBounds) => boolean;

const hintOf = ({ instance }: PlacementRequest, name: string): unknown => instance.request_spec.scheduler_hints?.[name];

const AGGREGATE_SCOPE = 'aggregate_instance_extra_specs:';
const CAPABILITY_SCOPE = 'capabilities:';

function capability(host: HostState, path: string): string | undefined {
  const known: Readonly<Record<string, unknown>> = {
    hypervisor_type: host.hypervisor_type,
    hypervisor_version: host.hypervisor_version,
    cpu_info: host.cpu_info,
    vcpus_total: host.vcpus,
    vcpus_used: host.vcpus_used,
    num_instances: host.servers,
    num_io_ops: host.io_ops,
    free_ram_mb: host.memory - host.memory_used,
    free_disk_mb: (host.disk - host.disk_used) * 1024,
    total_usable_ram_mb: host.memory,
    total_usable_disk_gb: host.disk,
    host_ip: host.host_ip,
  };
  let value: unknown = known;
  for (const part of path.split(':')) {
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, part) ? Reflect.get(value, part) : undefined;
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** nova.scheduler.filters, by their names. The resources of a host are checked when it is claimed. */
export const hostFilters: Readonly<Record<SchedulerFilterName, HostFilter>> = {
  AllHostsFilter: () => true,
  ComputeFilter: (host) => host.enabled && host.up,
  ComputeCapabilitiesFilter: (host, { instance }) =>
    Object.entries(instance.flavor.extra_specs).every(([key, wanted]) => {
      const scoped = key.startsWith(CAPABILITY_SCOPE);
      if (!scoped && key.includes(':')) return true;
      const value = capability(host, scoped ? key.slice(CAPABILITY_SCOPE.length) : key);
      // A key without a scope may be meant for another filter.
      return value === undefined ? !scoped : meetsSpec(value, wanted);
    }),
  ImagePropertiesFilter: (host, { instance }) => {
    const {
      hypervisor_type: byOldName,
      img_hv_type: type = byOldName,
      hw_architecture,
      architecture,
    } = instance.image_properties;
    const wantedArch = hw_architecture ?? architecture;
    const arch = host.cpu_info['arch'];
    const archFits = typeof wantedArch !== 'string' || typeof arch !== 'string' || sameArchitecture(wantedArch, arch);
    // The fake driver runs any type.
    const typeFits =
      typeof type !== 'string' || host.hypervisor_type === 'fake' || type.toLowerCase() === host.hypervisor_type;
    return archFits && typeFits;
  },
  ServerGroupAffinityFilter: (host, { group }) =>
    group?.policy !== 'affinity' || group.hosts.length === 0 || group.hosts.includes(host.host),
  ServerGroupAntiAffinityFilter: (host, { group }) =>
    group?.policy !== 'anti-affinity' ||
    group.hosts.filter((other) => other === host.host).length < (group.rules['max_server_per_host'] ?? 1),
  SameHostFilter: (host, request) => {
    const wanted = textsOf(hintOf(request, 'same_host'));
    return wanted.length === 0 || wanted.some((id) => request.hostsOfServers.get(id) === host.host);
  },
  DifferentHostFilter: (host, request) =>
    textsOf(hintOf(request, 'different_host')).every((id) => request.hostsOfServers.get(id) !== host.host),
  SimpleCIDRAffinityFilter: (host, request) => {
    const near = hintOf(request, 'build_near_host_ip');
    const cidr = hintOf(request, 'cidr') ?? '/24';
    if (typeof near !== 'string' || typeof cidr !== 'string') return true;
    const range = `${near}${cidr}`;
    if (!ipaddr.isValidCIDR(range) || !ipaddr.isValid(host.host_ip)) return false;
    const address = ipaddr.parse(host.host_ip);
    const [network, bits] = ipaddr.parseCIDR(range);
    return address.kind() === network.kind() && address.match(network, bits);
  },
  AggregateInstanceExtraSpecsFilter: (host, { instance }) =>
    Object.entries(instance.flavor.extra_specs).every(([key, wanted]) => {
      const scoped = key.startsWith(AGGREGATE_SCOPE);
      if (!scoped && key.includes(':')) return true;
      return valuesOfAggregates(host, scoped ? key.slice(AGGREGATE_SCOPE.length) : key).some((value) =>
        meetsSpec(value, wanted),
      );
    }),
  AggregateImagePropertiesIsolation: (host, { instance }) => {
    const keys = new Set(host.aggregates.flatMap((metadata) => Object.keys(metadata)));
    return [...keys].every((key) => {
      const value = Object.hasOwn(instance.image_properties, key) ? instance.image_properties[key] : undefined;
      return typeof value !== 'string' || valuesOfAggregates(host, key).includes(value);
    });
  },
  AggregateMultiTenancyIsolation: (host, { instance }) => {
    const owners = host.aggregates
      .flatMap((metadata) => Object.entries(metadata))
      .filter(([key]) => key.startsWith('filter_tenant_id'))
      .flatMap(([, value]) => value.split(',').map((id) => id.trim()));
    return owners.length === 0 || owners.includes(instance.project_id);
  },
  IoOpsFilter: (host, _request, { maxIoOpsPerHost }) => host.io_ops < maxIoOpsPerHost,
  AggregateIoOpsFilter: (host, _request, { maxIoOpsPerHost }) =>
    host.io_ops < leastOfAggregates(host, 'max_io_ops_per_host', maxIoOpsPerHost),
  NumInstancesFilter: (host, _request, { maxInstancesPerHost }) => host.servers < maxInstancesPerHost,
  AggregateNumInstancesFilter: (host, _request, { maxInstancesPerHost }) =>
    host.servers < leastOfAggregates(host, 'max_instances_per_host', maxInstancesPerHost),
  AggregateTypeAffinityFilter: (host, { instance }) => {
    const names = valuesOfAggregates(host, 'instance_type');
    return names.length === 0 || names.includes(instance.flavor.name);
  },
  IsolatedHostsFilter: (host, { instance }, bounds) => {
    const isolated = bounds.isolatedHosts.includes(host.host);
    const image = bounds.isolatedImages.includes(instance.image_ref);
    return bounds.restrictIsolatedHostsToIsolatedImages ? image === isolated : !image || isolated;
  },
  JsonFilter: (host, request) => {
    const query = hintOf(request, 'query');
    if (typeof query !== 'string') return query === undefined;
    try {
      return meetsQuery(host, JSON.parse(query));
    } catch {
      return false;
    }
  },
};

/** Whether a filter of this name exists here; nova has more. */
export function isHostFilter(name: string): name is SchedulerFilterName {
  return Object.hasOwn(hostFilters, name);
}

/** Node's names of architectures, and nova's names. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64', ia32: 'i686' };

function sameArchitecture(wanted: string, found: string): boolean {
  return wanted === found || wanted === ARCHITECTURES[found];
}
