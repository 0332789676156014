import { toBoolean, toWholeNumber } from '../attributes/plain-types.js';
import { shownValue } from '../attributes/shown-value.js';
import { badRequest } from '../errors/neutron-faults.js';

/** How a filter's text is read before it goes to the worker. */
export type FilterKind = 'text' | 'boolean' | 'integer' | 'mac' | 'fixed_ips';

/** The filters of a resource: name in the API → field of the object, and how its values are read. */
export type FilterTable = ReadonlyMap<string, { readonly field: string; readonly kind: FilterKind }>;

/** Builds a table from `{ text: [...], boolean: [...] }`; colons become underscores, tenant_id is project_id. */
export function filterTable(kinds: Partial<Record<FilterKind, readonly string[]>>): FilterTable {
  const table = new Map<string, { field: string; kind: FilterKind }>();
  const shared: Partial<Record<FilterKind, readonly string[]>> = {
    text: ['id', 'name', 'description', 'project_id', 'tenant_id', 'created_at', 'updated_at'],
    integer: ['revision_number'],
  };
  for (const source of [shared, kinds]) {
    for (const kind of ['text', 'boolean', 'integer', 'mac', 'fixed_ips'] as const) {
      for (const name of source[kind] ?? []) {
        table.set(name, { field: name === 'tenant_id' ? 'project_id' : name.replace(':', '_'), kind });
      }
    }
  }
  return table;
}

/** Reads one filter into the worker's. Throws 400 for a value that the attribute cannot have. */
export function readFilter(
  name: string,
  kind: FilterKind,
  field: string,
  values: readonly string[],
): [string, string][] {
  if (values.some((value) => value.includes('\0'))) throw badRequest(`Invalid value for filter ${name}`);
  if (kind === 'fixed_ips') return values.map((value) => readFixedIp(value));
  return values.map((value) => [field, readValue(name, kind, value)]);
}

function readValue(name: string, kind: FilterKind, value: string): string {
  if (kind === 'mac') return value.toLowerCase();
  if (kind === 'text') return value;
  const read = kind === 'boolean' ? toBoolean(value) : toWholeNumber(value);
  if (typeof read === 'string') {
    const fault = kind === 'boolean' ? 'cannot be converted to boolean' : 'is not an integer';
    throw badRequest(`Invalid input for ${name}. Reason: ${shownValue(value)} ${fault}.`);
  }
  return String(read);
}

const insideFixedIps: ReadonlyMap<string, string> = new Map([
  ['ip_address', 'fixed_ip_address'],
  ['subnet_id', 'fixed_ip_subnet_id'],
]);

/** `fixed_ips=ip_address=10.0.0.3` and `fixed_ips=subnet_id=…`, neutron's way to filter by an entry of the list. */
function readFixedIp(value: string): [string, string] {
  const at = value.indexOf('=');
  const field = insideFixedIps.get(value.slice(0, Math.max(at, 0)));
  if (field === undefined) {
    throw badRequest(
      `Invalid input for fixed_ips. Reason: ${shownValue(value)} is not ip_address=ADDRESS or subnet_id=ID.`,
    );
  }
  return [field, value.slice(at + 1)];
}
