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

/** Whether a parameter that switches something on is there with any value but 0 (keystone's query_filter_is_true). */
export function isSet(query: RawQuery, key: string): boolean {
  const value = valueOf(query, key);
  return value !== undefined && value !== '0';
}

/** Whether a truth value is true: present and not a word for no (oslo.utils' bool_from_string, true by default). */
function isOn(query: RawQuery, key: string): boolean {
  const value = valueOf(query, key)?.toLowerCase();
  return value !== undefined && !['false', '0', 'no', 'off', 'f', 'n'].includes(value);
}

/** Attributes of the Identity API that filters compare by a part of them too. */
const TEXTS: ReadonlySet<string> = new Set(['name', 'domain_id', 'parent_id']);
const FLAGS: ReadonlySet<string> = new Set(['enabled', 'is_domain']);
const COMPARATORS = ['contains', 'startswith', 'endswith'].flatMap((name) => [name, `i${name}`]);

/**
 * The filters of a list, API name → the worker's field, and those by a part of a text (`name__icontains`). Others are
 * passed over, as keystone does.
 *
 * @param texts attributes beside the common ones that are compared by a part, too
 */
export function listArgs(
  query: RawQuery,
  fields: Readonly<Record<string, string>>,
  texts: readonly string[] = [],
): ListArgs & { readonly filters: Readonly<Record<string, readonly string[]>> } {
  const filters: Record<string, string[]> = {};
  const isText = (name: string): boolean => TEXTS.has(name) || texts.includes(name);
  for (const [name, field] of Object.entries(fields)) {
    const value = valueOf(query, name) ?? (isText(name) ? valueOf(query, `${name}__equals`) : undefined);
    if (value !== undefined) filters[field] = [FLAGS.has(name) ? String(isOn(query, name)) : value];
    if (!isText(name)) continue;
    for (const comparator of COMPARATORS) {
      const part = valueOf(query, `${name}__${comparator}`);
      if (part !== undefined) filters[`${field}__${comparator}`] = [part];
    }
  }
  return { filters };
}
