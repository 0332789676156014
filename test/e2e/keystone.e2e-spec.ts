// keystonemiddleware's cases with the real Keystone as the one who knows the tokens.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApiClient, until } from '#testing/api-client';
import type { ApiAnswer } from '#testing/api-client';
import { KEYSTONE_PASSWORD, Keystone } from '#testing/keystone';
import { OpenstackSession } from '#testing/openstack-session';
import { missingPythonModules } from '#testing/peers';
import { startEmbedded } from '#testing/stack';
import type { Stack } from '#testing/stack';
import { runCommandFlow } from './command-flow.js';

describe(
  'auth_strategy = keystone with a real Keystone',
  { skip: missingPythonModules('keystone', 'openstackclient') },
  () => {
    let keystone: Keystone;
    let stack: Stack;
    let api: ApiClient;
    let alice = '';
    const servers = (token: string | null, headers: Record<string, string> = {}): Promise<ApiAnswer> =>
      api.request('osapi_compute', 'GET', '/v2.1/servers', { token, headers });
    before(async () => {
      keystone = await Keystone.start();
      await keystone.addUser('albireo', 'service', 'service');
      alice = await keystone.addUser('alice', 'member', 'demo');
      stack = await startEmbedded({
        env: {
          OS_API__AUTH_STRATEGY: 'keystone',
          OS_KEYSTONE_AUTHTOKEN__AUTH_URL: keystone.url,
          OS_KEYSTONE_AUTHTOKEN__WWW_AUTHENTICATE_URI: 'https://keystone.example:5000',
          OS_KEYSTONE_AUTHTOKEN__USERNAME: 'albireo',
          OS_KEYSTONE_AUTHTOKEN__PASSWORD: KEYSTONE_PASSWORD,
          OS_KEYSTONE_AUTHTOKEN__PROJECT_NAME: 'service',
          OS_KEYSTONE_AUTHTOKEN__HTTP_CONNECT_TIMEOUT: '8',
          OS_KEYSTONE_AUTHTOKEN__HTTP_REQUEST_MAX_RETRIES: '0',
        },
      });
      api = new ApiClient(stack.ports);
    });
    after(async () => {
      await stack?.stop();
      await keystone?.stop();
    });

    it('the openstack command takes a server from create to gone', { timeout: 300_000 }, async () => {
      const cloudsFile = await keystone.addCloud(stack.ports);
      const session = new OpenstackSession(stack.directory, cloudsFile);
      try {
        await runCommandFlow({ directory: stack.directory, cloudsFile, session });
      } finally {
        session.close();
      }
    });

    it('what a client says of itself counts for nothing', async () => {
      const lies = {
        'x-identity-status': 'Confirmed',
        'x-roles': 'admin,service',
        'x-user-id': 'somebody',
        'x-project-id': 'another',
        'x-is-admin-project': 'True',
        'openstack-system-scope': 'all',
        'x-service-roles': 'service',
      };
      assert.equal((await servers(null, lies)).status, 401);
      const token = await keystone.token('alice', { project: 'demo' });
      const status = async (path: string, headers: Record<string, string>): Promise<number> =>
        (await api.request('osapi_compute', 'GET', path, { token, headers })).status;
      assert.equal(await status('/v2.1/os-services', lies), 403);
      assert.equal(await status('/v2.1/limits', lies), 200);
      const admin = await keystone.token('admin', { project: 'admin' });
      assert.equal((await api.request('osapi_compute', 'GET', '/v2.1/os-services', { token: admin })).status, 200);
    });

    it('refuses a missing and a bad token with 401 and the address of Keystone', async () => {
      for (const token of [null, 'nonsense', 'gAAAAA-not-a-token']) {
        const answer = await servers(token);
        assert.equal(answer.status, 401, String(token));
        assert.equal(answer.headers.get('www-authenticate'), 'Keystone uri="https://keystone.example:5000"');
      }
    });

    it('asks once for many requests at the same time, and remembers good and bad tokens', async () => {
      const token = await keystone.token('alice', { project: 'demo' });
      const before = keystone.lookups;
      // Its log comes behind its answers.
      const lookedUp = async (times: number): Promise<void> => {
        const isTold = async (): Promise<true | undefined> => keystone.lookups - before >= times || undefined;
        await until(isTold, `${times} questions in the log`);
        assert.equal(keystone.lookups - before, times);
      };
      const answers = await Promise.all(Array.from({ length: 20 }, () => servers(token)));
      assert.ok(answers.every((answer) => answer.status === 200));
      assert.equal((await servers(token)).status, 200);
      await lookedUp(1);
      for (let time = 0; time < 3; time += 1) assert.equal((await servers('never seen before')).status, 401);
      await lookedUp(2);
    });

    it('an expired token passes with the token of a service only', async () => {
      const expired = await keystone.expiredToken(alice, await keystone.idOf('projects', 'demo'));
      assert.equal((await servers(expired)).status, 401);
      const service = await keystone.token('albireo', { project: 'service' });
      assert.equal((await servers(expired, { 'x-service-token': service })).status, 200);
      const member = await keystone.token('alice', { project: 'demo' });
      assert.equal((await servers(expired, { 'x-service-token': member })).status, 401);
      assert.equal((await servers(member, { 'x-service-token': 'nonsense' })).status, 401);
    });

    it('knows the scopes: system, and none', async () => {
      const system = await keystone.token('admin', { system: true });
      assert.equal((await servers(system)).status, 403, 'servers belong to projects');
      const none = await keystone.token('alice', 'unscoped');
      assert.equal((await servers(none)).status, 403);
    });

    it('logs in again when its own tokens have ended, and does not call tokens bad while it cannot', async () => {
      const user = await keystone.idOf('users', 'albireo');
      const password = (text: string): Promise<unknown> =>
        keystone.change('PATCH', `/users/${user}`, { user: { password: text } });
      // With the password end all tokens of the user.
      await password('another-password-for-a-while');
      const token = await keystone.token('alice', { project: 'demo' });
      const refused = await servers(token);
      assert.equal(refused.status, 503, refused.text);
      assert.doesNotMatch(refused.text, /password|albireo/);
      await password(KEYSTONE_PASSWORD);
      // Keystone counts in seconds: a token of the second in which the password changed is taken for an older one.
      await until(async () => ((await servers(token)).status === 200 ? true : undefined), 'a token of its own again');
    });

    it('answers 503 to new tokens while Keystone hangs or is down, and serves the known ones', async () => {
      const known = await keystone.token('alice', { project: 'demo' });
      const later = await keystone.token('alice', { project: 'demo' });
      assert.equal((await servers(known)).status, 200);
      keystone.pause();
      const hanging = await servers(later);
      assert.equal(hanging.status, 503, hanging.text);
      assert.match(hanging.text, /Keystone service is temporarily unavailable/);
      assert.notEqual(hanging.headers.get('retry-after'), null);
      assert.equal((await servers(known)).status, 200);
      keystone.resume();
      await until(async () => ((await servers(later)).status === 200 ? true : undefined), 'Keystone back');
      const last = await keystone.token('alice', { project: 'demo' });
      await keystone.stop();
      assert.equal((await servers(last)).status, 503);
      assert.equal((await servers(known)).status, 200);
    });
  },
);
