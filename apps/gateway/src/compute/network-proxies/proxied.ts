import { isUuid } from '#libs/contracts';
import { Fault } from '../../edge/errors/fault.js';

/** The last microversion 2.N that has nova's proxies of the Network API (nova's MAX_PROXY_API_SUPPORT_VERSION). */
export const LAST_PROXY = 35;

/** Calls the network side and converts the status of refusals: neutron's status → nova's. */
export async function proxied<T>(statuses: Readonly<Record<number, number>>, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const status = statuses[error.status];
    if (status === undefined) throw error;
    throw new Fault(status, error.message, { ...(error.code === undefined ? {} : { code: error.code }), cause: error });
  }
}

/** nova's 400 for an invalid id of a group or a rule. */
export function requireUuid(id: string): string {
  if (isUuid(id)) return id;
  throw new Fault(400, 'Security group id should be uuid', { code: 'Invalid' });
}
