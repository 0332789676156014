import type { HostState } from './host-state.js';

type Operator = (args: readonly unknown[]) => boolean;

/** All of the later ones compared with the first, as nova's JsonFilter does. */
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

/** Nested deeper than this, no query was written by a person. */
const MAX_DEPTH = 16;

function isComparable(value: unknown): value is number | string {
  return typeof value === 'number' || typeof value === 'string';
}

/** The names that a query may ask by: `["$free_ram_mb", …]`, of nova's HostState. */
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
export function meetsQuery(host: HostState, query: unknown, depth = 0): boolean {
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
