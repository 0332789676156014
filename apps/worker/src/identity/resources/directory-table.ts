import { sql } from 'kysely';
import { declarationOf } from '#libs/contracts';
import type { ResourceClass } from '#libs/contracts';
import { resourceTable } from '../../resources/resource-table.js';
import type { ResourceTable, TableOptions } from '../../resources/resource-table.js';
import { textFilters } from '../identity-lists.js';

/** The table of a declared resource of the Identity API; its texts can also be filtered by a part of them. */
export function directoryTable<R extends object>(type: ResourceClass<R>, options: TableOptions = {}): ResourceTable<R> {
  const texts = declarationOf(type).fields.filter(({ filter, type: { kind }, computed }) => {
    return filter !== false && kind === 'text' && !computed;
  });
  const filters = Object.assign(
    {},
    ...texts.map(({ field }) => textFilters(field, options.columns?.[field] ?? sql.ref(`t.${field}`))),
  );
  return resourceTable(type, { ...options, filters: { ...filters, ...options.filters } });
}
