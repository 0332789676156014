import { createContext } from '#libs/telemetry';
import type { FilterFactory } from '../pipeline/filter.js';

const ROLES = ['admin', 'member', 'reader'];

/** `auth_strategy = noauth2`, for development: the token is `user:project`, everybody is an administrator. */
export const noauth2: FilterFactory = () => ({
  name: 'noauth2',
  onRequest(request) {
    const { edge: state, headers } = request;
    const token = headers['x-auth-token'];
    const [user = '', project = ''] = (typeof token === 'string' ? token : '').split(':');
    const userId = user === '' ? 'admin' : user;
    const projectId = project === '' ? userId : project;
    state.context = createContext({
      user_id: userId,
      user_name: userId,
      user_domain_id: 'default',
      project_id: projectId,
      project_name: projectId,
      project_domain_id: 'default',
      roles: ROLES,
      is_admin: true,
      request_id: state.requestId,
      global_request_id: state.globalRequestId,
    });
  },
});
