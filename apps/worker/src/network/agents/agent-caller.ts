import { ExpectedError } from '#libs/contracts';
import { createContext } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';

const ROLES = ['admin', 'manager', 'member', 'reader', 'service'];

/**
 * The context in which an agent's requests run. Error PolicyNotAuthorized for a caller that is not an administrator.
 */
export function agentCaller(context: RequestContext): RequestContext {
  if (!context.is_admin) throw new ExpectedError('PolicyNotAuthorized', 'Agents alone may ask this.');
  return createContext({ ...context, roles: ROLES, is_admin: true });
}
