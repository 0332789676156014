import type { ListArgs } from '#libs/contracts';
import { badRequest } from '../errors/keystone-faults.js';

export type RawQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The last value of a key, as keystone reads its filters; undefined when it is absent. */
export function valueOf(query: RawQuery, key: string): string | undefined {
  const found = query[key];
  const value = typeof found === 'string' || found === undefined ? found : found.at(-1);
  if (value !== undefined && (value.includes('\0') || value.length > 1024)) {
    throw badRequest(`Invalid input for the filter ${key}.`);
  }
  return value;
}

/** Whether a flag of a query is on: present and not a word for no (keystone's query_filter_is_true). */
export function isOn(query: RawQuery, key: string): boolean {
  const value = valueOf(query, key)?.toLowerCase();
  return value !== undefined && !['false', '0', 'no', 'off', 'f', 'n'].includes(value);
}

/** The filters of a list, API name → the worker's field. Others are passed over, as keystone does. */
export function listArgs(query: RawQuery, fields: Readonly<Record<string, string>>): ListArgs {
  const filters: Record<string, string[]> = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = valueOf(query, name);
    if (value === undefined) continue;
    filters[field] = [name === 'enabled' ? String(isOn(query, name)) : value];
  }
  return { filters };
}
