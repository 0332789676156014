import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudClient } from '#testing/cloud-client';
import { CloudCommand } from '#testing/cloud-command';

describe('faults of a cloud', { timeout: 300_000 }, () => {
  const albireo = new CloudCommand();
  let cloud: CloudClient;
  before(async () => {
    await albireo.succeed(['start', '--detach', '--ephemeral', '--port-base', '0']);
    cloud = await new CloudClient(await albireo.variables('default')).logIn();
  });
  beforeEach(() => cloud.control('DELETE', '/faults'));
  after(() => albireo.close());

  const add = async (rules: object[]): Promise<void> => {
    const { status, body } = await cloud.control('POST', '/faults', { faults: rules });
    assert.equal(status, 200, JSON.stringify(body));
  };
  const networks = (): ReturnType<CloudClient['api']> => cloud.api('network', 'GET', '/v2.0/networks');
  const build = async (name: string): Promise<string> => {
    const { body: list } = await cloud.api('image', 'GET', '/v2/images?name=cirros');
    const [image] = (list as { images: { id: string }[] }).images;
    const { status, body } = await cloud.api('compute', 'POST', '/servers', {
      server: { name, flavorRef: '1', imageRef: image?.id, networks: [{ uuid: await networkId() }] },
    });
    assert.equal(status, 202, JSON.stringify(body));
    return (body as { server: { id: string } }).server.id;
  };
  let network: string | undefined;
  const networkId = async (): Promise<string> => {
    if (network !== undefined) return network;
    const { body } = await cloud.api('network', 'POST', '/v2.0/networks', { network: { name: 'n' } });
    network = (body as { network: { id: string } }).network.id;
    const subnet = { network_id: network, ip_version: 4, cidr: '10.1.0.0/24' };
    await cloud.api('network', 'POST', '/v2.0/subnets', { subnet });
    return network;
  };
  const statusOf = async (id: string): Promise<string> => {
    for (;;) {
      const { body } = await cloud.api('compute', 'GET', `/servers/${id}`);
      const { status } = (body as { server: { status: string } }).server;
      if (status !== 'BUILD') return status;
      await sleep(50);
    }
  };

  it('of HTTP: a status with headers in the form of the API and marked as such, so often as said', async () => {
    await add([{ id: 'limit', http: { api: 'network' }, status: 429, headers: { 'Retry-After': '7' }, times: 2 }]);
    for (let at = 0; at < 2; at += 1) {
      const { status, headers, body } = await networks();
      assert.equal(status, 429);
      assert.equal(headers.get('retry-after'), '7');
      assert.equal(headers.get('x-albireo-fault'), 'limit');
      assert.ok('NeutronError' in (body as object));
    }
    const { status, headers } = await networks();
    assert.equal(status, 200);
    assert.equal(headers.get('x-albireo-fault'), null);
    assert.equal((await cloud.api('compute', 'GET', '/flavors')).status, 200);
  });

  it('of HTTP: a cut connection, half an answer, a delay', async () => {
    await networkId();
    await add([{ http: { path: '/networks' }, cut: true, times: 1 }]);
    await assert.rejects(networks());
    await add([{ http: { path: '/v2.0/networks' }, half: true, times: 1 }]);
    await assert.rejects(networks());
    await add([{ http: { path: '/networks' }, delay: 0.3, times: 1 }]);
    const began = performance.now();
    assert.equal((await networks()).status, 200);
    assert.ok(performance.now() - began >= 290);
  });

  it('of HTTP: those about a project hit no other one', async () => {
    await add([{ http: { project: 'somebody-else' }, status: 503 }]);
    assert.equal((await networks()).status, 200);
    await add([{ http: { project: '*' }, status: 503, times: 1 }]);
    assert.equal((await networks()).status, 503);
  });

  it('of RPC: an error of the worker by topic and method reaches the client as it would', async () => {
    await add([
      { rpc: { topic: 'conductor', method: 'server_create' }, error: 'QuotaExceeded', message: 'too many', times: 1 },
    ]);
    const refused = await cloud.api('compute', 'POST', '/servers', {
      server: {
        name: 'x',
        flavorRef: '1',
        imageRef: '70a599e0-31e7-49b7-b260-868f441e862b',
        networks: [{ uuid: await networkId() }],
      },
    });
    assert.equal(refused.status, 403, JSON.stringify(refused.body));
    assert.match(refused.headers.get('x-albireo-fault') ?? '', /^fault-\d+$/, 'nobody says that the quota is a fault');
    assert.equal((await networks()).headers.get('x-albireo-fault'), null);
    await add([{ rpc: { method: 'network_list' }, error: 'Unexpected', times: 1 }]);
    assert.equal((await networks()).status, 500);
  });

  it('of RPC: every cast twice has the effect of one', async () => {
    await add([{ id: 'twice', rpc: { topic: '*' }, duplicate: true }]);
    assert.equal(await statusOf(await build('twice')), 'ACTIVE');
    const { body } = await cloud.control('GET', '/faults');
    assert.ok(((body as { faults: { hits: number }[] }).faults[0]?.hits ?? 0) >= 2);
  });

  it('of the driver: the next build fails, the one after it does not; no host takes a server', async () => {
    await albireo.succeed(['fault', 'scenario', 'boot-error-once']);
    assert.equal(await statusOf(await build('one')), 'ERROR');
    assert.equal(await statusOf(await build('two')), 'ACTIVE');
    await add([{ driver: { operation: 'spawn', server: 'web-*' }, fail: 'no' }]);
    assert.equal(await statusOf(await build('db-1')), 'ACTIVE');
    assert.equal(await statusOf(await build('web-1')), 'ERROR');
    await albireo.succeed(['fault', 'scenario', 'no-valid-host']);
    assert.equal(await statusOf(await build('three')), 'ERROR');
    assert.match(await albireo.succeed(['fault', 'log']), /boot-error-once\tdriver\t.*"spawn"/);
  });

  it('that are ready-made do what they say, the random one alike in two runs', async () => {
    const network_id = await networkId();
    const scenario = async (name: string): Promise<void> => {
      await cloud.control('DELETE', '/faults');
      assert.equal((await cloud.control('POST', `/fault-scenarios/${name}`)).status, 200, name);
    };
    const createPort = (): ReturnType<CloudClient['api']> =>
      cloud.api('network', 'POST', '/v2.0/ports', { port: { network_id } });
    const flaky = async (): Promise<number[]> => {
      await scenario('flaky-create');
      const statuses: number[] = [];
      for (let at = 0; at < 12; at += 1) statuses.push((await createPort()).status);
      return statuses;
    };
    const first = await flaky();
    assert.ok(first.includes(503) && first.includes(201), first.join());
    assert.deepEqual(await flaky(), first);
    await scenario('slow-api');
    const began = performance.now();
    assert.equal((await networks()).status, 200);
    assert.ok(performance.now() - began >= 1_990);
    await scenario('token-expires');
    const seven: number[] = [];
    for (let at = 0; at < 7; at += 1) seven.push((await networks()).status);
    assert.deepEqual(seven, [200, 200, 200, 200, 200, 401, 200]);
    await scenario('rate-limit');
    const limited = await networks();
    assert.deepEqual([limited.status, limited.headers.get('retry-after')], [429, '1']);
    await scenario('api-down');
    const down = await networks();
    assert.deepEqual([down.status, down.headers.get('retry-after')], [503, '5']);
    await scenario('no-addresses');
    const port = await createPort();
    assert.equal(port.status, 409);
    assert.equal((port.body as { NeutronError: { type: string } }).NeutronError.type, 'IpAddressGenerationFailure');
    assert.equal(port.headers.get('x-albireo-fault'), 'no-addresses');
    assert.equal(await statusOf(await build('without an address')), 'ERROR');
    const floatingip = { floating_network_id: network_id };
    assert.equal((await cloud.api('network', 'POST', '/v2.0/floatingips', { floatingip })).status, 400);
    await scenario('quota-exhausted');
    const flavorRef = '1';
    const imageRef = '70a599e0-31e7-49b7-b260-868f441e862b';
    const server = { name: 'x', flavorRef, imageRef, networks: [{ uuid: network_id }] };
    assert.equal((await cloud.api('compute', 'POST', '/servers', { server })).status, 403);
  });

  it('hit two clouds alike, side by side, each by its own suite', async () => {
    const args = ['start', '--name', 'second', '--detach', '--ephemeral', '--port-base', '0', '--seed', 'devstack'];
    await albireo.succeed(args, { OS_FAKE__HOSTS: '2' });
    const second = await new CloudClient(await albireo.variables('second')).logIn();
    const rules = [
      { id: 'http', http: { api: 'network', method: 'POST' }, status: 503, probability: 0.4 },
      { id: 'rpc', rpc: { topic: 'network', method: 'subnet_create' }, error: 'QuotaExceeded', probability: 0.5 },
    ];
    const suite = async (one: CloudClient, name: string): Promise<readonly string[]> => {
      assert.equal((await one.control('POST', '/faults', { faults: rules })).status, 200);
      const seen: string[] = [];
      for (let at = 0; at < 20; at += 1) {
        const { status, body, headers } = await one.api('network', 'POST', '/v2.0/networks', { network: { name } });
        seen.push(`${status} ${headers.get('x-albireo-fault') ?? ''}`);
        if (status !== 201) continue;
        const { id } = (body as { network: { id: string } }).network;
        const subnet = { network_id: id, ip_version: 4, cidr: '10.9.0.0/24' };
        seen.push(String((await one.api('network', 'POST', '/v2.0/subnets', { subnet })).status));
      }
      await one.control('DELETE', '/faults');
      const { body } = await one.api('network', 'GET', '/v2.0/networks?fields=name');
      const names = (body as { networks: { name: string }[] }).networks.map((network) => network.name);
      assert.equal(names.filter((found) => found === name).length, seen.filter((one) => one === '201 ').length);
      assert.ok(!names.includes(name === 'mine' ? 'yours' : 'mine'));
      return seen;
    };
    const [mine, yours] = await Promise.all([suite(cloud, 'mine'), suite(second, 'yours')]);
    assert.deepEqual(yours, mine);
    for (const wanted of ['503 http', '201 ', '201', '403']) assert.ok(mine.includes(wanted), mine.join());
  });

  it('of a host that dies: it is down once the clock has passed, and its server is built again elsewhere', async () => {
    const second = await new CloudClient(await albireo.variables('second')).logIn();
    const idOf = async (service: string, path: string): Promise<string> => {
      const { body } = await second.api(service, 'GET', path);
      return Object.values(body as Record<string, { id: string }[]>)[0]?.[0]?.id ?? assert.fail(path);
    };
    const networks = [{ uuid: await idOf('network', '/v2.0/networks?name=private') }];
    const imageRef = await idOf('image', '/v2/images?name=cirros');
    const created = await second.api('compute', 'POST', '/servers', {
      server: { name: 'stranded', flavorRef: '1', imageRef, networks },
    });
    const { id } = (created.body as { server: { id: string } }).server;
    const settled = async (): Promise<Record<string, string>> => {
      for (;;) {
        const { body } = await second.api('compute', 'GET', `/servers/${id}`);
        const { server } = body as { server: Record<string, string> };
        if (server['OS-EXT-STS:task_state'] === null) return server;
        await sleep(50);
      }
    };
    const evacuate = (): ReturnType<CloudClient['api']> =>
      second.api('compute', 'POST', `/servers/${id}/action`, { evacuate: { onSharedStorage: false } });
    const before = await settled();
    const host = before['OS-EXT-SRV-ATTR:host'] ?? '';
    assert.equal(before['status'], 'ACTIVE');
    const rules = { faults: [{ driver: { operation: 'report', host }, fail: true }] };
    assert.equal((await second.control('POST', '/faults', rules)).status, 200);
    const early = await evacuate();
    assert.match(JSON.stringify(early.body), /is still in use/);
    await albireo.succeed(['clock', '--name', 'second', 'advance', '5m']);
    const { body } = await second.api('compute', 'GET', '/os-services?binary=nova-compute');
    const { services } = body as { services: { host: string; state: string }[] };
    assert.deepEqual(
      services.map((one) => [one.host, one.state]),
      services.map((one) => [one.host, one.host === host ? 'down' : 'up']),
    );
    assert.equal(services.length, 2);
    const begun = await evacuate();
    assert.equal(begun.status, 200, JSON.stringify(begun.body));
    const after = await settled();
    assert.equal(after['status'], 'ACTIVE');
    assert.notEqual(after['OS-EXT-SRV-ATTR:host'], host);
  });

  it('of eventual consistency: what was just created is 404 for a moment', async () => {
    await add([{ http: { api: 'network', method: 'GET', path: '/ports/*' }, young: 0.5 }]);
    const { body } = await cloud.api('network', 'POST', '/v2.0/ports', { port: { network_id: await networkId() } });
    const { id } = (body as { port: { id: string } }).port;
    assert.equal((await cloud.api('network', 'GET', `/v2.0/ports/${id}`)).status, 404);
    await sleep(550);
    assert.equal((await cloud.api('network', 'GET', `/v2.0/ports/${id}`)).status, 200);
  });

  it('that are written wrongly are all told, with file and line, and none is taken', async () => {
    const file = join(albireo.folder, 'faults.yaml');
    writeFileSync(
      file,
      'faults:\n  - {http: {}, status: 503}\n  - {http: {}, staus: 503}\n  - {rpc: {}, error: Nope}\n',
    );
    const { code, err } = await albireo.run(['fault', 'add', file]);
    assert.equal(code, 1);
    assert.match(err, /3 faults, nothing was done/);
    assert.match(err, /:3: faults\[1\]\.staus: unknown/);
    assert.match(err, /:4: faults\[2\]\.error/);
    assert.equal((await networks()).status, 200);
    const start = ['start', '--detach', '--ephemeral', '--port-base', '0', '--name', 'broken', '--faults', file];
    const refused = await albireo.run(start);
    assert.equal(refused.code, 1);
    assert.match(refused.err, /faults\.yaml:3: faults\[1\]\.staus: unknown/);
    // A list of all errors, or the log of a start, would hide the faults.
    assert.match(refused.err, /:4: faults\[2\]\.error: expected one of \d+ names, as .*found "Nope"/);
    assert.doesNotMatch(refused.err, /INFO|at readFaultRules/);
  });
});
