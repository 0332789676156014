import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApiClient } from '#testing/api-client';
import type { ApiAnswer, RequestOptions } from '#testing/api-client';
import { Cloud } from '#testing/cloud';
import { startEmbedded } from '#testing/stack';
import type { ApiPorts, Stack } from '#testing/stack';

const UNKNOWN = '11111111-2222-4333-8444-555555555555';

/** The one member of a Compute error body, e.g. `badRequest`. */
function computeFault(answer: ApiAnswer): string {
  const [name] = Object.keys(answer.json);
  const fault = answer.json[name ?? ''] as Record<string, unknown> | undefined;
  assert.equal(fault?.['code'], answer.status, answer.text);
  assert.equal(typeof fault?.['message'], 'string');
  return name ?? '';
}

describe('bad input gets the error of its API', () => {
  let stack: Stack;
  let api: ApiClient;
  let cloud: Cloud;
  let network: string;
  let image: string;
  before(async () => {
    stack = await startEmbedded();
    api = new ApiClient(stack.ports);
    await api.login();
    cloud = new Cloud(api);
    network = await cloud.createNetwork('n', '10.0.0.0/24');
    image = await cloud.imageId();
  });
  after(() => stack?.stop());

  const post = (server: Record<string, unknown>, more: RequestOptions = {}): Promise<ApiAnswer> =>
    api.request('osapi_compute', 'POST', '/v2.1/servers', { body: { server }, ...more });

  it('unknown flavor, image, network and key name: 400 badRequest', async () => {
    const good = { name: 'x', flavorRef: '1', imageRef: image, networks: [{ uuid: network }] };
    for (const bad of [
      { flavorRef: 'nosuch' },
      { imageRef: UNKNOWN },
      { networks: [{ uuid: UNKNOWN }] },
      { key_name: 'no' },
    ]) {
      const answer = await post({ ...good, ...bad });
      assert.equal(answer.status, 400, `${JSON.stringify(bad)} ${answer.text}`);
      assert.equal(computeFault(answer), 'badRequest');
    }
  });

  it('what is not there: 404 in the form of each API', async () => {
    const server = await api.request('osapi_compute', 'GET', `/v2.1/servers/${UNKNOWN}`);
    assert.equal(server.status, 404);
    assert.equal(computeFault(server), 'itemNotFound');
    const net = await api.request('network', 'GET', `/v2.0/networks/${UNKNOWN}`);
    assert.equal(net.status, 404);
    assert.equal((net.json['NeutronError'] as Record<string, unknown>)['type'], 'NetworkNotFound');
    const picture = await api.request('image', 'GET', `/v2/images/${UNKNOWN}`);
    assert.equal(picture.status, 404);
    const user = await api.request('identity', 'GET', `/v3/users/${UNKNOWN}`);
    assert.equal(user.status, 404);
    assert.equal((user.json['error'] as Record<string, unknown>)['code'], 404);
  });

  it('unknown routes: 404 everywhere, never invented data', async () => {
    const routes: [keyof ApiPorts, string][] = [
      ['osapi_compute', '/v2.1/os-nonsense'],
      ['network', '/v2.0/nonsense'],
      ['image', '/v2/nonsense'],
      ['identity', '/v3/nonsense'],
    ];
    for (const [name, path] of routes)
      assert.equal((await api.request(name, 'GET', path)).status, 404, `${name} ${path}`);
  });

  it('a body that is no JSON, no object, or has unknown keys: 400', async () => {
    for (const raw of [
      '{"server":',
      '[]',
      '"text"',
      'null',
      '{"server": []}',
      '{}',
      '{"server": {"name": "x", "bogus": 1}}',
    ]) {
      const answer = await api.request('osapi_compute', 'POST', '/v2.1/servers', { raw });
      assert.equal(answer.status, 400, `${raw}: ${answer.text}`);
      assert.equal(computeFault(answer), 'badRequest');
      const neutron = await api.request('network', 'POST', '/v2.0/networks', {
        raw: raw.replaceAll('server', 'network'),
      });
      assert.equal(neutron.status, 400, `${raw}: ${neutron.text}`);
      assert.ok('NeutronError' in neutron.json, neutron.text);
      const keystone = await api.request('identity', 'POST', '/v3/auth/tokens', {
        raw: raw.replaceAll('server', 'auth'),
        token: null,
      });
      assert.equal(keystone.status, 400, `${raw}: ${keystone.text}`);
    }
  });

  it('a body over 114688 bytes: 413, also when it is streamed without a length', async () => {
    const raw = JSON.stringify({ server: { name: 'x', padding: 'a'.repeat(114_688) } });
    const answer = await api.request('osapi_compute', 'POST', '/v2.1/servers', { raw });
    assert.equal(answer.status, 413, answer.text);
    assert.equal(computeFault(answer), 'overLimit');
    assert.equal((await api.request('network', 'POST', '/v2.0/networks', { raw })).status, 413);
    assert.equal((await api.request('identity', 'POST', '/v3/auth/tokens', { raw, token: null })).status, 413);
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(raw));
        controller.close();
      },
    });
    const chunked = await fetch(api.url('osapi_compute', '/v2.1/servers'), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-auth-token': api.token },
      body: stream,
      duplex: 'half',
    });
    assert.equal(chunked.status, 413, await chunked.text());
  });

  it('no token and a bad token: 401 and where to get one', async () => {
    const routes: [keyof ApiPorts, string][] = [
      ['osapi_compute', '/v2.1/servers'],
      ['network', '/v2.0/networks'],
      ['image', '/v2/images'],
    ];
    for (const [name, path] of routes) {
      for (const token of [null, 'nonsense', `${api.token.slice(0, -3)}AAA`]) {
        const answer = await api.request(name, 'GET', path, { token });
        assert.equal(answer.status, 401, `${name} ${answer.text}`);
        assert.match(answer.headers.get('www-authenticate') ?? '', /^Keystone uri="http/);
      }
    }
    assert.equal((await api.request('identity', 'GET', '/v3/users', { token: null })).status, 401);
  });

  it('a wrong password, an unknown user and an unknown project read the same', async () => {
    const attempt = (user: string, password: string, project: string): Promise<ApiAnswer> =>
      api.request('identity', 'POST', '/v3/auth/tokens', {
        token: null,
        body: {
          auth: {
            identity: {
              methods: ['password'],
              password: { user: { name: user, domain: { id: 'default' }, password } },
            },
            scope: { project: { name: project, domain: { id: 'default' } } },
          },
        },
      });
    const answers = [
      await attempt('admin', 'wrong', 'admin'),
      await attempt('nobody', 'wrong', 'admin'),
      await attempt('admin', 'a-password-for-tests', 'nosuch'),
    ];
    for (const answer of answers) assert.equal(answer.status, 401, answer.text);
    assert.equal(new Set(answers.map((answer) => answer.text)).size, 1);
  });

  it('odd and long names: kept as they are, or 400; never a 500', async () => {
    const odd = 'ñ<b>&"\' ☃ --;drop';
    const id = await cloud.createServer(odd, network, image);
    assert.equal((await cloud.untilStatus(id, 'ACTIVE'))['name'], odd);
    await cloud.deleteServer(id);
    await cloud.untilGone(id);
    // nova's printable characters end before U+FFFF.
    for (const name of ['x'.repeat(10_000), '', ' ', '\u0000', '𝒳', 5, null, {}]) {
      const good = { flavorRef: '1', imageRef: image, networks: [{ uuid: network }] };
      assert.equal((await post({ ...good, name })).status, 400, JSON.stringify(name).slice(0, 40));
    }
    const long = await api.request('network', 'POST', '/v2.0/networks', {
      body: { network: { name: 'x'.repeat(10_000) } },
    });
    assert.equal(long.status, 400);
    const path = await api.request('osapi_compute', 'GET', `/v2.1/servers/${'x'.repeat(10_000)}`);
    assert.ok(path.status === 404 || path.status === 414, String(path.status));
    const escaped = await api.request('osapi_compute', 'GET', '/v2.1/servers/%00%ff');
    assert.ok(escaped.status === 404 || escaped.status === 400, String(escaped.status));
  });

  it('every answer carries a request id', async () => {
    for (const name of ['osapi_compute', 'network', 'image', 'identity'] as const) {
      const answer = await api.request(name, 'GET', '/nonsense/path', { token: null });
      assert.match(answer.headers.get('x-openstack-request-id') ?? '', /^req-[0-9a-f-]{36}$/, name);
    }
  });
});
