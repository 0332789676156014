import { ExpectedError } from '#libs/contracts';
import type { InstanceRow } from '../../instances/instance-row.js';

// nova's texts: clients and users know them.

export function instanceNotFound(id: string): ExpectedError {
  return new ExpectedError('InstanceNotFound', `Instance ${id} could not be found.`, { instance_id: id });
}

/** "Cannot 'stop' instance … while it is in vm_state stopped". */
export function invalidState(row: InstanceRow, method: string, attribute: 'vm_state' | 'task_state'): ExpectedError {
  const state = row[attribute];
  return new ExpectedError(
    'InstanceInvalidState',
    `Cannot '${method}' instance ${row.id} while it is in ${attribute} ${state ?? 'None'}`,
    { instance_id: row.id, attr: attribute, state, method },
  );
}

/** "Instance … is in an invalid state for 'rebuild'": for a server that was never built. */
export function neverLaunched(row: InstanceRow, method: string): ExpectedError {
  return new ExpectedError('InstanceInvalidState', `Instance ${row.id} is in an invalid state for '${method}'`, {
    instance_id: row.id,
    method,
  });
}

export function instanceNotReady(row: InstanceRow): ExpectedError {
  return new ExpectedError('Conflict', `Instance ${row.id} is not ready`, { instance_id: row.id });
}

export function instanceLocked(row: InstanceRow): ExpectedError {
  return new ExpectedError('Conflict', `Instance ${row.id} is locked`, { instance_id: row.id });
}
