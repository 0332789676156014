import { randomUUID } from 'node:crypto';
import { ADMIN_PASSWORD, TEST_SIGNING_KEY } from '#testing/stack';
import { testClaims } from '../../apps/gateway/src/edge/testing/test-edge.js';
import { TokenCodec } from '../../apps/gateway/src/edge/tokens/token-codec.js';
import type { Attack } from './attack.js';
import { inParallel } from './in-parallel.js';
import { playRequest } from './play-request.js';
import { pathOf } from './routes.js';
import { logIn } from './target.js';
import type { Target } from './target.js';

/** In npm cit, of each token. */
const SAMPLED_ROUTES = 10;
const ID = '11111111-2222-4333-8444-555555555555';

/** Every route that is not open with tokens that were good once, or look good: each is 401. */
export const deadTokens: Attack = {
  name: 'dead-tokens',
  async run(target, extent) {
    const findings: string[] = [];
    let tried = 0;
    const routes = target.routes.filter(({ isOpen }) => !isOpen);
    for (const [name, token] of await tokens(target)) {
      await inParallel(extent.sample(routes, SAMPLED_ROUTES), 4, async (route) => {
        tried += 1;
        const { api, method } = route;
        const body = ['POST', 'PUT', 'PATCH'].includes(method) ? { body: {} } : {};
        const headers = { 'x-subject-token': token };
        const path = pathOf(route, () => ID);
        const { status, text } = await playRequest(target, { api, method, path, token, headers, ...body });
        if (status !== 401) findings.push(`${name}: ${method} ${api} ${path}: ${status} ${text.slice(0, 200)}`);
      });
      // The same to get another one, which keystone does not find.
      const identity = { methods: ['token'], token: { id: token } };
      const { status } = await target.admin.request('identity', 'POST', '/v3/auth/tokens', {
        token: null,
        body: { auth: { identity, scope: 'unscoped' } },
      });
      tried += 1;
      if (status !== 401 && status !== 404) findings.push(`${name}: POST /v3/auth/tokens: ${status}`);
    }
    return { tried, findings };
  },
};

/** By what made them bad. */
async function tokens(target: Target): Promise<readonly (readonly [string, string])[]> {
  const { admin } = target;
  const identity = (status: number, method: string, path: string, body?: unknown): Promise<Record<string, unknown>> =>
    admin.expect(status, 'identity', method, path, body === undefined ? {} : { body });
  const dead: (readonly [string, string])[] = [];
  const kill = async (name: string, how: (user: string, project: string, token: string) => Promise<unknown>) => {
    const suffix = randomUUID().slice(0, 8);
    const { user, project, client } = await target.tenant(`dead-${suffix}`, 'admin');
    await how(user, project, client.token);
    dead.push([name, client.token]);
  };
  await kill('revoked', (_user, _project, token) =>
    admin.expect(204, 'identity', 'DELETE', '/v3/auth/tokens', { token, headers: { 'x-subject-token': token } }),
  );
  await kill('of a user who was disabled', (user) =>
    identity(200, 'PATCH', `/v3/users/${user}`, { user: { enabled: false } }),
  );
  await kill('of a user who is gone', (user) => identity(204, 'DELETE', `/v3/users/${user}`));
  await kill('of a password that was changed', (user) =>
    identity(200, 'PATCH', `/v3/users/${user}`, { user: { password: 'another-password' } }),
  );
  await kill('of a project that was disabled', (_user, project) =>
    identity(200, 'PATCH', `/v3/projects/${project}`, { project: { enabled: false } }),
  );
  await kill('of a project that is gone', (_user, project) => identity(204, 'DELETE', `/v3/projects/${project}`));
  const role = await identity(200, 'GET', '/v3/roles?name=admin');
  const [found] = role['roles'] as Record<string, unknown>[];
  await kill('of a role that was taken away', (user, project) =>
    identity(204, 'DELETE', `/v3/projects/${project}/users/${user}/roles/${String(found?.['id'])}`),
  );
  const made = await identity(201, 'POST', '/v3/domains', { domain: { name: `dead-${randomUUID()}` } });
  const domain = String((made['domain'] as Record<string, unknown>)['id']);
  const fields = { name: 'gone', domain_id: domain, password: ADMIN_PASSWORD };
  const user = await identity(201, 'POST', '/v3/users', { user: fields });
  const id = String((user['user'] as Record<string, unknown>)['id']);
  dead.push(['of a domain that was disabled', await logIn(admin, id, ADMIN_PASSWORD, 'unscoped')]);
  await identity(200, 'PATCH', `/v3/domains/${domain}`, { domain: { enabled: false } });
  const now = Math.floor(Date.now() / 1000);
  const sign = (key: string, times?: { issuedAt: number; expiresAt: number }): Promise<string> =>
    new TokenCodec([key]).sign(testClaims(['admin', 'member', 'reader'], times));
  dead.push(
    ['expired', await sign(TEST_SIGNING_KEY, { issuedAt: now - 7200, expiresAt: now - 3600 })],
    ['signed by another key', await sign('another-key-'.repeat(4))],
    ['of no signature', (await sign(TEST_SIGNING_KEY)).replace(/[^.]+$/, '')],
    ['empty', ''],
    ['of another form', 'gAAAAABk'.repeat(20)],
  );
  return dead;
}
