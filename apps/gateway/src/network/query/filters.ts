import { isTimed } from '#libs/contracts';
import type { Declaration, FieldDeclaration, FilterReader } from '#libs/contracts';
import { unconverted } from '../errors/neutron-faults.js';

type Readers = ReadonlyMap<string, FilterReader>;

const tables = new WeakMap<Declaration, Readers>();
const looseTables = new WeakMap<Declaration, Readers>();

/**
 * The readers of a resource's filters, by their names in a query; made once. No attribute of neutron is called
 * `changed_since`: it is a filter only if filters are not validated (`isLoose`).
 */
export function filterReaders(declaration: Declaration, isLoose = false): Readers {
  const known = isLoose ? looseTables : tables;
  let table = known.get(declaration);
  if (table === undefined) {
    const since: [string, FilterReader][] = isLoose && isTimed(declaration) ? [['changed_since', changedSince]] : [];
    table = new Map([...ownFilters(declaration), ...(declaration.tags ? tagFilters(declaration) : []), ...since]);
    known.set(declaration, table);
  }
  return table;
}

const changedSince: FilterReader = (values) => ({ changed_since: values });

function ownFilters({ byName }: Declaration): [string, FilterReader][] {
  return [...byName].flatMap(([name, field]): [string, FilterReader][] => {
    if (field.filter === false) return [];
    return [[name, field.filter === true ? (values) => readValues(field, values) : field.filter]];
  });
}

/** `tags-any`, `not-tags` and `not-tags-any`, in addition to `tags`, which is a field. */
function tagFilters({ byName }: Declaration): [string, FilterReader][] {
  const tags = byName.get('tags')?.filter;
  if (typeof tags !== 'function') return [];
  const under =
    (field: string): FilterReader =>
    (values) => {
      const read = tags(values);
      return typeof read === 'string' ? read : { [field]: Object.values(read).flat() };
    };
  return [
    ['tags-any', under('tags_any')],
    ['not-tags', under('not_tags')],
    ['not-tags-any', under('not_tags_any')],
  ];
}

/** A field's values, converted like a body's; booleans and integers must be valid. */
function readValues({ field, type }: FieldDeclaration, values: readonly string[]): ReturnType<FilterReader> {
  const read = values.map((value) => type.convert?.(value) ?? value);
  const wrong = read.find(
    (value) => (value !== '' || type.kind === 'boolean') && unconverted(type, value) !== undefined,
  );
  return wrong === undefined ? { [field]: read.map(String) } : (unconverted(type, wrong) ?? '');
}
