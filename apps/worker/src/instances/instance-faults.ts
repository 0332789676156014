import type { Transaction } from '../store/index.js';
import { clock } from './instance-states.js';

/** A fault of a server; `details` is for administrators. */
export interface Fault {
  readonly code: number;
  readonly message: string;
  readonly details?: string;
}

/** Records the last fault of a server. */
export async function recordFault(tx: Transaction, instanceId: string, fault: Fault): Promise<void> {
  // nova's column has 255 characters, and clients do not expect more.
  const values = { code: fault.code, message: fault.message.slice(0, 255), details: fault.details ?? '' };
  await tx
    .insertInto('instance_faults')
    .values({ instance_id: instanceId, ...values, created_at: clock })
    .onConflict((conflict) => conflict.column('instance_id').doUpdateSet({ ...values, created_at: clock }))
    .execute();
}

/**
 * The fault for an error. An expected error shows its own message; of any other error only the class is shown, and the
 * rest goes to the details.
 */
export function faultOf(error: unknown, code = 500): Fault {
  if (!(error instanceof Error)) return { code, message: 'Error', details: String(error) };
  const expected = 'status' in error && typeof error.status === 'number';
  return {
    code: expected ? Number(error.status) : code,
    message: expected ? error.message : error.name,
    details: error.stack ?? error.message,
  };
}
