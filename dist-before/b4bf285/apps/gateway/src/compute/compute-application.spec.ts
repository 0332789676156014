import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ExpectedError, Flavor, FlavorPage, Keypair, Server, ServerPage, ServicePage } from '#libs/contracts';
import type { ListArgs, ServerCreateArgs } from '#libs/contracts';
import { createApiApplication } from '../edge/application.js';
import type { ApiApplication } from '../edge/application.js';
import { flavorData, serverData } from '../edge/testing/server-data.js';
import { testClaims, testEdge } from '../edge/testing/test-edge.js';
import { computeApi } from './compute.api.js';

const PROJECT = 'c0ffee00c0ffee00c0ffee00c0ffee00';
const IMAGE = '11111111-2222-4333-8444-555555555555';
const server = serverData();

describe('the Compute API', () => {
  let listed: ListArgs | undefined;
  let created: ServerCreateArgs | undefined;
  const edge = testEdge({
    conductor: {
      server_list: (args) => {
        listed = args;
        return ServerPage.wrap({ objects: [server], next_marker: args.limit === 1 ? server.id : null });
      },
      server_get: ({ id }) => {
        if (id !== server.id) throw new ExpectedError('InstanceNotFound', `Instance ${id} could not be found.`);
        return Server.wrap(server);
      },
      server_create: (args) => {
        created = args;
        if (args.flavor_ref === 'nosuch')
          throw new ExpectedError('FlavorNotFound', 'Flavor nosuch could not be found.');
        return ServerPage.wrap({ objects: [server], next_marker: null });
      },
      server_update: ({ name }) => Server.wrap(serverData({ name: name ?? 'vm' })),
      server_delete: () => null,
      server_action: ({ action }) => {
        if (action === 'start') {
          throw new ExpectedError(
            'InstanceInvalidState',
            `Cannot 'start' instance ${server.id} while it is in vm_state active`,
          );
        }
        return null;
      },
      flavor_list: () => FlavorPage.wrap({ objects: [flavorData()], next_marker: null }),
      flavor_get: () => Flavor.wrap(flavorData()),
      keypair_create: ({ name, type, public_key: key }) =>
        Keypair.wrap({
          name,
          type,
          user_id: 'u1',
          public_key: key ?? 'ssh-ed25519 AAAA',
          fingerprint: 'aa:bb',
          created_at: '2026-11-21T20:49:56.123456Z',
          private_key: key === undefined ? 'PRIVATE' : null,
        }),
      keypair_delete: () => null,
      limits_get: () => {
        throw new Error('a secret of the worker');
      },
      service_list: () =>
        ServicePage.wrap({
          objects: [
            {
              id: 's1',
              binary: 'nova-compute',
              host: 'h1',
              zone: 'nova',
              status: 'enabled',
              state: 'up',
              disabled_reason: null,
              updated_at: '2026-11-21T20:49:56.123456Z',
            },
          ],
          next_marker: null,
        }),
    },
  });
  let app: ApiApplication;
  const tokens = { member: '', admin: '' };

  before(async () => {
    app = await createApiApplication(computeApi, edge);
    tokens.member = await edge.codec.sign(testClaims());
    tokens.admin = await edge.codec.sign(testClaims(['admin']));
  });
  after(() => app.close());

  interface Asked {
    readonly version?: string;
    readonly body?: unknown;
    readonly as?: 'member' | 'admin';
  }
  const ask = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, { version, body, as = 'member' }: Asked = {}) =>
    app.fastify.inject({
      method,
      url,
      headers: {
        host: 'cloud:8774',
        'x-auth-token': tokens[as],
        ...(version === undefined ? {} : { 'openstack-api-version': `compute ${version}` }),
      },
      ...(body === undefined ? {} : { payload: body as object }),
    });

  it('tells its versions without a token', async () => {
    const root = await app.fastify.inject({ url: '/', headers: { host: 'cloud:8774' } });
    assert.equal(root.statusCode, 200);
    const [version] = root.json().versions;
    assert.equal(version.min_version, '2.1');
    assert.equal(version.links[0].href, 'http://cloud:8774/v2.1/');
    for (const url of ['/v2.1', '/v2.1/']) {
      const one = await app.fastify.inject({ url, headers: { host: 'cloud:8774' } });
      assert.equal(one.json().version.version, version.version, url);
    }
    const other = await app.fastify.inject({ url: '/nonsense' });
    assert.equal(other.statusCode, 300);
    assert.match(other.json().choices[0].links[0].href, /\/v2\.1\/nonsense$/);
  });

  it('repeats the microversion and varies by both headers', async () => {
    const answer = await ask('GET', '/v2.1/flavors', { version: 'latest' });
    assert.equal(answer.headers['openstack-api-version'], 'compute 2.95');
    assert.equal(answer.headers['x-openstack-nova-api-version'], '2.95');
    assert.match(String(answer.headers['vary']), /X-OpenStack-Nova-API-Version/);
    assert.equal((await ask('GET', '/v2.1/flavors', { version: '2.x' })).statusCode, 400);
    const beyond = await ask('GET', '/v2.1/flavors', { version: '2.999' });
    assert.equal(beyond.statusCode, 406);
    assert.match(beyond.body, /Minimum is 2\.1 and maximum is 2\.95/);
  });

  it('takes the project in the path, and puts it into links; refuses another one', async () => {
    const answer = await ask('GET', `/v2.1/${PROJECT}/servers`);
    assert.equal(answer.statusCode, 200);
    assert.equal(answer.json().servers[0].links[0].href, `http://cloud:8774/v2.1/${PROJECT}/servers/${server.id}`);
    const other = await ask('GET', '/v2.1/deadbeefdeadbeefdeadbeefdeadbeef/servers');
    assert.equal(other.statusCode, 400);
    assert.match(other.body, /doesn't match Context's project_id/);
  });

  it('lists with limit and marker, filters and links to the next page', async () => {
    const answer = await ask(
      'GET',
      '/v2.1/servers/detail?limit=1&name=v&status=active&changes-since=2026-01-01T00:00:00Z',
    );
    assert.equal(answer.statusCode, 200);
    assert.deepEqual(listed?.filters, {
      name: ['v'],
      vm_state: ['active'],
      changes_since: ['2026-01-01T00:00:00.000Z'],
    });
    assert.match(answer.json().servers_links[0].href, new RegExp(`/servers/detail\\?limit=1&.*marker=${server.id}$`));
    assert.deepEqual((await ask('GET', '/v2.1/servers?status=nonsense')).json(), { servers: [] });
    assert.equal((await ask('GET', '/v2.1/servers?limit=x')).statusCode, 400);
    assert.equal((await ask('GET', '/v2.1/servers?sort_key=bogus')).statusCode, 400);
    assert.equal((await ask('GET', '/v2.1/servers?changes-since=yesterday')).statusCode, 400);
  });

  it('lets only administrators list all projects', async () => {
    const refused = await ask('GET', '/v2.1/servers?all_tenants=1');
    assert.equal(refused.statusCode, 403);
    assert.match(refused.body, /Policy doesn't allow os_compute_api:servers:index:get_all_tenants/);
    assert.equal((await ask('GET', '/v2.1/servers?all_tenants=True', { as: 'admin' })).statusCode, 200);
    assert.equal(listed?.all_projects, true);
  });

  it('shows administrators the state of the host', async () => {
    const answer = await ask('GET', `/v2.1/servers/${server.id}`, { version: '2.16', as: 'admin' });
    assert.equal(answer.json().server.host_status, 'UP');
  });

  it('creates: 202, Location, and the arguments of the bus', async () => {
    const body = { server: { name: 'vm', flavorRef: 1, imageRef: IMAGE, networks: 'none' } };
    const answer = await ask('POST', '/v2.1/servers', { version: '2.37', body });
    assert.equal(answer.statusCode, 202, answer.body);
    assert.equal(answer.headers['location'], `http://cloud:8774/v2.1/servers/${server.id}`);
    assert.deepEqual(Object.keys(answer.json().server), ['id', 'links', 'OS-DCF:diskConfig', 'security_groups']);
    assert.equal(created?.flavor_ref, '1');
    assert.equal(created?.network_mode, 'none');
    const several = { server: { ...body.server, min_count: 2, max_count: '3', return_reservation_id: 'true' } };
    const reservation = await ask('POST', '/v2.1/servers', { version: '2.37', body: several });
    assert.deepEqual(reservation.json(), { reservation_id: 'r-abc' });
    assert.equal(created?.max_count, 3);
  });

  it('refuses a security group, which it could not keep', async () => {
    const create = (name: string) =>
      ask('POST', '/v2.1/servers', {
        body: { server: { name: 'vm', imageRef: IMAGE, flavorRef: '1', security_groups: [{ name }] } },
      });
    const refused = await create('web');
    assert.equal(refused.statusCode, 400);
    assert.match(refused.json().badRequest.message, /^Security group web not found/);
    assert.equal((await create('default')).statusCode, 202);
  });

  it('takes a mapping that boots the image, and refuses volumes', async () => {
    const device = { source_type: 'image', destination_type: 'local', boot_index: 0, uuid: IMAGE };
    const base = { name: 'vm', flavorRef: '1' };
    const good = await ask('POST', '/v2.1/servers', {
      body: { server: { ...base, block_device_mapping_v2: [device] } },
    });
    assert.equal(good.statusCode, 202, good.body);
    assert.equal(created?.image_ref, IMAGE);
    const volume = { ...device, destination_type: 'volume', volume_size: 1 };
    const bad = await ask('POST', '/v2.1/servers', {
      body: { server: { ...base, block_device_mapping_v2: [volume] } },
    });
    assert.equal(bad.statusCode, 400);
    assert.match(bad.body, /no block storage/);
  });

  it('names the field of a bad body', async () => {
    const good = { name: 'vm', flavorRef: '1', imageRef: IMAGE };
    const cases: [unknown, RegExp, string?][] = [
      [{ server: { ...good, bogus: 1 } }, /Additional properties are not allowed \('bogus' was unexpected\)/],
      [{ server: { flavorRef: '1' } }, /'name' is a required property/],
      [{ server: { ...good, name: 'x'.repeat(10_000) } }, /field\/attribute name\..*is too long/],
      [{ server: { ...good, name: '' } }, /field\/attribute name/],
      [{ server: { ...good, name: ' ' } }, /field\/attribute name/],
      [{ server: { ...good, name: '\u0000' } }, /field\/attribute name/],
      [{ server: { ...good, name: 5 } }, /field\/attribute name/],
      [{ server: { ...good, name: null } }, /field\/attribute name/],
      [{ server: { ...good, name: {} } }, /field\/attribute name/],
      [{ server: [] }, /server/],
      [{}, /'server' is a required property/],
      [{ server: { ...good, networks: [{ bogus: 1 }] } }, /bogus/],
      [{ server: { ...good, networks: 'auto' } }, /not of type 'array'/],
      [{ server: { ...good, description: 'd' } }, /'description' was unexpected/],
      [{ server: good }, /'networks' is a required property/, '2.37'],
      [{ server: { ...good, min_count: 3, max_count: 2 } }, /min_count must be <= max_count/],
      [{ server: { ...good, metadata: { a: 1 } } }, /metadata/],
      [{ server: { ...good, flavorRef: 'nosuch' } }, /Flavor nosuch could not be found/],
      [[], /Malformed request body/],
    ];
    for (const [body, message, version] of cases) {
      const answer = await ask('POST', '/v2.1/servers', { body, ...(version === undefined ? {} : { version }) });
      assert.equal(answer.statusCode, 400, JSON.stringify(body).slice(0, 80) + answer.body);
      assert.match(answer.json().badRequest.message, message);
    }
  });

  it('refuses text that is not JSON, other content types, prototype keys and absurd nesting', async () => {
    const post = (payload: string, type = 'application/json') =>
      app.fastify.inject({
        method: 'POST',
        url: '/v2.1/servers',
        headers: { 'x-auth-token': tokens.member, 'content-type': type },
        payload,
      });
    for (const text of ['{"server":', '"text"', 'null', '', '{"__proto__": {}}', '['.repeat(5000) + ']'.repeat(5000)]) {
      const answer = await post(text);
      assert.equal(answer.statusCode, 400, text.slice(0, 20));
      assert.equal(answer.json().badRequest.message, 'Malformed request body');
    }
    assert.equal((await post('a=1', 'application/x-www-form-urlencoded')).statusCode, 415);
    const large = await post(JSON.stringify({ server: { name: 'x', padding: 'a'.repeat(114_688) } }));
    assert.equal(large.statusCode, 413);
    assert.equal(large.json().overLimit.code, 413);
  });

  it('runs actions, and tells an unknown one and a wrong state', async () => {
    const act = (body: unknown) => ask('POST', `/v2.1/servers/${server.id}/action`, { body });
    assert.equal((await act({ reboot: { type: 'hard' } })).statusCode, 202);
    assert.equal((await act({ 'os-stop': null })).statusCode, 202);
    const state = await act({ 'os-start': null });
    assert.equal(state.statusCode, 409);
    assert.match(state.json().conflictingRequest.message, /Cannot 'start'/);
    assert.match((await act({ lock: null })).json().badRequest.message, /There is no such action: lock/);
    assert.equal((await act({ reboot: { type: 'x' } })).statusCode, 400);
    assert.equal((await act({})).statusCode, 400);
  });

  it('updates with the short view before 2.75 and the whole one after', async () => {
    const body = { server: { name: 'renamed' } };
    const short = (await ask('PUT', `/v2.1/servers/${server.id}`, { body })).json().server;
    assert.equal(short.name, 'renamed');
    assert.equal('OS-EXT-STS:vm_state' in short, false);
    const whole = (await ask('PUT', `/v2.1/servers/${server.id}`, { body, version: '2.75' })).json().server;
    assert.equal(whole['OS-EXT-STS:vm_state'], 'active');
    assert.equal((await ask('DELETE', `/v2.1/servers/${server.id}`)).statusCode, 204);
  });

  it('changes the codes of keypairs in 2.2 and their making in 2.92', async () => {
    const body = { keypair: { name: 'k1' } };
    const first = await ask('POST', '/v2.1/os-keypairs', { body });
    assert.equal(first.statusCode, 200);
    assert.equal('type' in first.json().keypair, false);
    const second = await ask('POST', '/v2.1/os-keypairs', { body, version: '2.2' });
    assert.equal(second.statusCode, 201);
    assert.equal(second.json().keypair.private_key, 'PRIVATE');
    assert.equal((await ask('POST', '/v2.1/os-keypairs', { body, version: '2.92' })).statusCode, 400);
    assert.equal((await ask('DELETE', '/v2.1/os-keypairs/k1')).statusCode, 202);
    assert.equal((await ask('DELETE', '/v2.1/os-keypairs/k1', { version: '2.2' })).statusCode, 204);
  });

  it('says not found and not allowed in its own form', async () => {
    const missing = await ask('GET', '/v2.1/servers/nosuch');
    assert.equal(missing.statusCode, 404);
    assert.equal(missing.json().itemNotFound.message, 'Instance nosuch could not be found.');
    const method = await ask('PUT', '/v2.1/flavors');
    assert.equal(method.statusCode, 405);
    assert.equal(method.json().badMethod.code, 405);
    assert.equal(method.headers['allow'], 'GET, POST');
    assert.equal((await ask('GET', `/v2.1/servers/${'x'.repeat(9000)}`)).statusCode, 404);
  });

  it('passes unknown query parameters over, and refuses them from 2.75 on', async () => {
    for (const path of ['servers', 'servers/detail', 'os-keypairs', 'flavors', 'limits', 'os-services']) {
      const url = `/v2.1/${path}?nonsense=1`;
      const answer = await ask('GET', url, { version: '2.75' });
      assert.equal(answer.statusCode, 400, path);
      assert.match(answer.json().badRequest.message, /\('nonsense' was unexpected\)/);
      assert.notEqual((await ask('GET', url, { version: '2.74' })).statusCode, 400, path);
    }
    const known = '/v2.1/servers/?limit=1&sort_key=uuid&sort_dir=asc&status=ACTIVE';
    assert.equal((await ask('GET', known, { version: '2.95' })).statusCode, 200);
  });

  it('a marker of a NUL is invalid and no 500', async () => {
    for (const query of ['marker=%00', 'name=a&name=%00b']) {
      const answer = await ask('GET', `/v2.1/servers/detail?${query}`);
      assert.equal(answer.statusCode, 400, answer.body);
      assert.match(answer.json().badRequest.message, /query parameters (marker|name)\. Its value contains a NUL/);
    }
  });

  it('tells zones from the services, and addresses of a server', async () => {
    const zones = await ask('GET', '/v2.1/os-availability-zone');
    assert.deepEqual(zones.json().availabilityZoneInfo, [
      { zoneName: 'nova', zoneState: { available: true }, hosts: null },
    ]);
    const ips = await ask('GET', `/v2.1/servers/${server.id}/ips/n1`);
    assert.deepEqual(ips.json(), { n1: [{ version: 4, addr: '10.0.0.5' }] });
    assert.equal((await ask('GET', `/v2.1/servers/${server.id}/ips/other`)).statusCode, 404);
  });

  it('answers 500 with nothing inside, and 503 at once where no worker is', async () => {
    const unknown = await ask('GET', '/v2.1/limits');
    assert.equal(unknown.statusCode, 500);
    assert.equal(unknown.body.includes('secret'), false);
    assert.match(String(unknown.headers['x-openstack-request-id']), /^req-/);
    const nobody = await ask('GET', '/v2.1/os-keypairs');
    assert.equal(nobody.statusCode, 503);
    assert.ok(nobody.headers['retry-after']);
    assert.equal(nobody.json().serviceUnavailable.code, 503);
  });
});
