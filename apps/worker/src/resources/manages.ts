import type { ResourceClass } from '#libs/contracts';
import { resourceTable } from './resource-table.js';
import type { ResourceTable } from './resource-table.js';

const tables = new WeakMap<object, ResourceTable>();

/**
 * Declares which resource a ResourceManager manages: the declared class, or its table if reading it needs more than its
 * columns.
 */
export function Manages(resource: ResourceClass | ResourceTable) {
  return (manager: abstract new (...args: never[]) => object): void => {
    tables.set(manager, typeof resource === 'function' ? resourceTable(resource) : resource);
  };
}

/** The table of a manager's class. Throws TypeError for a class without @Manages. */
export function managedTable(manager: abstract new (...args: never[]) => object): ResourceTable {
  const table = tables.get(manager);
  if (table === undefined) throw new TypeError(`class ${manager.name} has no @Manages`);
  return table;
}
