import { shownValue } from '../../resource/field-type.js';
import type { FilterReader } from '../../resource/field.js';

/** `tags=a,b`: the requested tags; repeated parameters are joined. */
export function tagFilter(field: string): FilterReader {
  return (values) => ({ [field]: values.flatMap((value) => value.split(',')) });
}

/**
 * `fixed_ips=ip_address=10.0.0.3`: neutron's way to filter by a member of the entries of a list.
 * @param members member → field of the worker's filter
 */
export function memberFilter(members: Readonly<Record<string, string>>): FilterReader {
  return (values) => {
    const filters: Record<string, string[]> = {};
    for (const value of values) {
      const at = value.indexOf('=');
      const member = value.slice(0, Math.max(at, 0)).trim();
      if (member === '') return `${shownValue(value)} is not of the form <key>=[value]`;
      const field = Object.hasOwn(members, member) ? members[member] : undefined;
      if (field === undefined)
        return `${shownValue(member)} is not in [${Object.keys(members).map(shownValue).join(', ')}]`;
      (filters[field] ??= []).push(value.slice(at + 1).trim());
    }
    return filters;
  };
}
