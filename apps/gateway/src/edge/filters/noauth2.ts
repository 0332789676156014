import { createContext, setTrace } from '#libs/telemetry';
import { baseUrl } from '../links.js';
import type { FilterFactory } from '../pipeline/filter.js';

const ROLES = ['member', 'reader'];

/**
 * `auth_strategy = noauth2`, for development: the token is `user:project`, the project may be omitted, and the user
 * `admin` is the administrator. Without a token the Compute API returns one, as nova's old log-in; the others treat the
 * request as the administrator's, as neutron does.
 */
export const noauth2: FilterFactory = (_edge, api) => ({
  name: 'noauth2',
  onRequest(request, reply) {
    const { edge: state, headers } = request;
    const token = headers['x-auth-token'];
    if (api.name === 'osapi_compute' && (typeof token !== 'string' || token === '')) {
      const [user, project] = [textOf(headers['x-auth-user']), textOf(headers['x-auth-project-id'])];
      reply.header('x-auth-token', `${user}:${project}`).header('x-server-management-url', baseUrl(request));
      void reply.code(204).send();
      return;
    }
    const text = typeof token === 'string' && token !== '' ? token : 'admin:admin';
    const colon = text.indexOf(':');
    const userId = colon < 0 ? text : text.slice(0, colon);
    const projectId = (colon < 0 ? '' : text.slice(colon + 1)) || userId;
    const isAdmin = userId === 'admin';
    state.context = createContext({
      user_id: userId,
      user_name: userId,
      user_domain_id: 'default',
      project_id: projectId,
      project_name: projectId,
      project_domain_id: 'default',
      roles: isAdmin ? ['admin', 'manager', ...ROLES] : ROLES,
      is_admin: isAdmin,
      request_id: state.requestId,
      global_request_id: state.globalRequestId,
    });
    setTrace(state.context, state.trace);
  },
});

/** A header that may become part of a token: printable and short, otherwise `admin`. */
function textOf(value: string | readonly string[] | undefined): string {
  return typeof value === 'string' && /^[\w.@-]{1,255}$/.test(value) ? value : 'admin';
}
