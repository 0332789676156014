import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ApiClient } from '#testing/api-client';
import type { ApiAnswer } from '#testing/api-client';
import { Cloud } from '#testing/cloud';
import { OpenstackSession } from '#testing/openstack-session';
import { missingPythonModules } from '#testing/peers';
import { ADMIN_PASSWORD, startEmbedded } from '#testing/stack';
import type { Stack } from '#testing/stack';
import { runServerFlow } from './command-flow.js';

describe('auth_strategy = keystone', () => {
  let keystone: Stack;
  let stack: Stack;
  let own: ApiClient;
  const servers = (token: string | null, headers: Record<string, string> = {}): Promise<ApiAnswer> =>
    new ApiClient(stack.ports).request('osapi_compute', 'GET', '/v2.1/servers', { token, headers });
  before(async () => {
    // A second server's Identity API is the Keystone.
    keystone = await startEmbedded();
    stack = await startEmbedded({
      env: {
        OS_API__AUTH_STRATEGY: 'keystone',
        OS_KEYSTONE_AUTHTOKEN__AUTH_URL: keystone.url('identity'),
        OS_KEYSTONE_AUTHTOKEN__WWW_AUTHENTICATE_URI: 'https://keystone.example:5000',
        OS_KEYSTONE_AUTHTOKEN__USERNAME: 'admin',
        OS_KEYSTONE_AUTHTOKEN__PASSWORD: ADMIN_PASSWORD,
        OS_KEYSTONE_AUTHTOKEN__PROJECT_NAME: 'admin',
        OS_KEYSTONE_AUTHTOKEN__HTTP_REQUEST_MAX_RETRIES: '1',
        OS_IDENTITY__SIGNING_KEYS: 'another-key-than-the-one-of-keystone-0123',
      },
    });
    own = new ApiClient(keystone.ports);
    await own.login();
  });
  after(async () => {
    await stack?.stop();
    await keystone?.stop();
  });

  it('serves the holders of its tokens', async () => {
    const api = new ApiClient(stack.ports);
    api.token = own.token;
    const cloud = new Cloud(api);
    const network = await cloud.createNetwork('by-keystone', '10.2.0.0/28');
    const id = await cloud.createServer('by-keystone', network, await cloud.imageId());
    await cloud.untilStatus(id, 'ACTIVE');
  });

  it('refuses others with 401 and the URL of Keystone', async () => {
    for (const token of ['nonsense', null, 'x'.repeat(9000)]) {
      const answer = await servers(token);
      assert.equal(answer.status, 401, String(token));
      assert.equal(answer.headers.get('www-authenticate'), 'Keystone uri="https://keystone.example:5000"');
    }
    assert.equal((await servers(own.token, { 'x-service-token': 'nonsense' })).status, 401);
    // admin is no role of a service.
    assert.equal((await servers(own.token, { 'x-service-token': own.token })).status, 401);
  });

  it('answers 503 to new tokens while Keystone is down, and serves those that it knows', async () => {
    assert.equal((await servers(own.token)).status, 200);
    await keystone.programs.get('server')?.stop();
    assert.equal((await servers(own.token)).status, 200);
    const answer = await servers('never-seen');
    assert.equal(answer.status, 503, answer.text);
    assert.match(answer.text, /Keystone service is temporarily unavailable/);
  });
});

describe('auth_strategy = noauth2', () => {
  let stack: Stack;
  before(async () => {
    stack = await startEmbedded({ env: { OS_API__AUTH_STRATEGY: 'noauth2' } });
  });
  after(() => stack?.stop());

  // First, while the cloud is empty: an administrator sees the ports of all.
  it(
    'the openstack command takes a server from create to gone without an Identity API',
    { skip: missingPythonModules('openstackclient'), timeout: 300_000 },
    async () => {
      const cloudsFile = join(stack.directory, 'noauth2.yaml');
      const compute = `${stack.url('osapi_compute')}/v2.1`;
      const albireo = {
        auth_type: 'admin_token',
        auth: { endpoint: compute, token: 'admin:cli' },
        compute_endpoint_override: compute,
        network_endpoint_override: stack.url('network'),
        image_endpoint_override: stack.url('image'),
      };
      await writeFile(cloudsFile, JSON.stringify({ clouds: { albireo } }));
      const session = new OpenstackSession(stack.directory, cloudsFile);
      try {
        await runServerFlow({ directory: stack.directory, cloudsFile, session });
      } finally {
        session.close();
      }
    },
  );

  it('takes user:project for the token; admin is the administrator', async () => {
    const api = new ApiClient(stack.ports);
    api.token = 'admin:tests';
    const cloud = new Cloud(api);
    const network = await cloud.createNetwork('n', '10.3.0.0/28');
    const id = await cloud.createServer('s', network, await cloud.imageId());
    const server = await cloud.untilStatus(id, 'ACTIVE');
    assert.equal(server['tenant_id'], 'tests');
    const status = async (token: string, path: string): Promise<number> =>
      (await api.request('osapi_compute', 'GET', path, { token })).status;
    assert.equal(await status('alice:other', `/v2.1/servers/${id}`), 404);
    assert.equal(await status('alice:tests', `/v2.1/servers/${id}`), 200);
    assert.equal(await status('alice:tests', '/v2.1/os-services'), 403);
    assert.equal(await status('admin', '/v2.1/os-services'), 200);
  });

  it('answers nova’s log in of old without a token, and neutron’s administrator', async () => {
    const api = new ApiClient(stack.ports);
    const login = await api.request('osapi_compute', 'GET', '/v2.1/servers', {
      token: null,
      headers: { 'x-auth-user': 'bob', 'x-auth-project-id': 'p' },
    });
    assert.equal(login.status, 204);
    assert.equal(login.headers.get('x-auth-token'), 'bob:p');
    assert.equal((await api.request('network', 'GET', '/v2.0/networks', { token: null })).status, 200);
  });
});
