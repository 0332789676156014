import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApiClient } from '#testing/api-client';
import { Cloud, rowsOf } from '#testing/cloud';
import { startEmbedded, startPair } from '#testing/stack';
import type { Stack } from '#testing/stack';
import { makeTenant, metadataFrom } from '../attack/tenant.js';
import type { Tenant } from '../attack/tenant.js';

type Row = Record<string, unknown>;

const SECRET = 'only for the victim';
const userData = (text: string): string => Buffer.from(text).toString('base64');
const env = { OS_OSLO_MIDDLEWARE__ENABLE_PROXY_HEADERS_PARSING: 'true' };

/** What a member of one project tries against a server of another, in each form of the cloud. */
for (const [form, start] of [
  ['in one process', () => startEmbedded({ env })],
  ['as gateway and worker', () => startPair({ env })],
] as const) {
  describe(`a server of another project, ${form}`, () => {
    let stack: Stack;
    let admin: ApiClient;
    let adminCloud: Cloud;
    let image = '';
    let victim: Tenant;
    let attacker: Tenant;
    let shared = '';
    let server = '';
    let address = '';
    before(async () => {
      stack = await start();
      admin = new ApiClient(stack.ports);
      await admin.login();
      adminCloud = new Cloud(admin);
      image = await adminCloud.imageId();
      [victim, attacker] = [await makeTenant(admin, 'victim'), await makeTenant(admin, 'attacker')];
      shared = await adminCloud.createNetwork('everybody', '127.78.0.0/24');
      await admin.expect(200, 'network', 'PUT', `/v2.0/networks/${shared}`, { body: { network: { shared: true } } });
      server = await victim.cloud.createServer('victim', shared, image, { user_data: userData(SECRET) });
      const active = await victim.cloud.untilStatus(server, 'ACTIVE');
      address = String((active['addresses'] as Record<string, Row[]>)['everybody']?.[0]?.['addr']);
    });
    after(() => stack?.stop());

    const createServer = (tenant: Tenant, networks: readonly Row[]) =>
      tenant.api.request('osapi_compute', 'POST', '/v2.1/servers', {
        body: { server: { name: 'x', imageRef: image, flavorRef: '1', networks } },
      });
    const createPort = async (tenant: Tenant, port: Row): Promise<Row> =>
      (await tenant.api.expect(201, 'network', 'POST', '/v2.0/ports', { body: { port } }))['port'] as Row;

    it('reads its own metadata by its address on a shared network', async () => {
      const answer = await metadataFrom(admin, address, '/openstack/latest/user_data');
      assert.deepEqual([answer.status, answer.text], [200, SECRET]);
    });

    it('is not named to who asks for its address, and nobody but the network’s owner may choose one', async () => {
      const taken = await createServer(attacker, [{ uuid: shared, fixed_ip: address }]);
      assert.equal(taken.status, 403, taken.text);
      assert.ok(!taken.text.includes(server), taken.text);
      const free = await createServer(attacker, [{ uuid: shared, fixed_ip: '127.78.0.251' }]);
      assert.equal(free.status, 403, free.text);
      const port = await attacker.api.request('network', 'POST', '/v2.0/ports', {
        body: { port: { network_id: shared, fixed_ips: [{ ip_address: address }] } },
      });
      assert.equal(port.status, 403, port.text);
      const owner = await admin.request('osapi_compute', 'POST', '/v2.1/servers', {
        body: {
          server: { name: 'x', imageRef: image, flavorRef: '1', networks: [{ uuid: shared, fixed_ip: address }] },
        },
      });
      assert.equal(owner.status, 400, owner.text);
      assert.ok(!owner.text.includes(server), owner.text);
    });

    it('is not told to a port that claims to be its own, and knows nothing of that port', async () => {
      const network = await attacker.cloud.createNetwork('trap', '127.77.0.0/24');
      const fixed_ips = [{ ip_address: '127.77.0.9' }];
      const claim = { device_id: server, device_owner: 'compute:nova' };
      const { id } = await createPort(attacker, { network_id: network, fixed_ips, ...claim });
      const later = await createPort(attacker, { network_id: network, fixed_ips: [{ ip_address: '127.77.0.10' }] });
      await attacker.api.expect(200, 'network', 'PUT', `/v2.0/ports/${String(later['id'])}`, { body: { port: claim } });
      for (const from of ['127.77.0.9', '127.77.0.10']) {
        for (const path of [
          '/openstack/latest/user_data',
          '/openstack/latest/meta_data.json',
          '/openstack/latest/network_data.json',
          '/latest/user-data',
          '/latest/meta-data/',
        ]) {
          const answer = await metadataFrom(admin, from, path);
          assert.equal(answer.status, 404, `${path}: ${answer.text}`);
        }
      }
      const shown = await victim.cloud.server(server);
      assert.deepEqual(Object.keys(shown?.['addresses'] as Row), ['everybody']);
      const found = await victim.api.expect(200, 'osapi_compute', 'GET', '/v2.1/servers?ip=127.77.0.9');
      assert.deepEqual(rowsOf(found, 'servers'), []);

      // Its end leaves the other project's ports as they are.
      const second = await victim.cloud.createServer('second', shared, image);
      await victim.cloud.untilStatus(second, 'ACTIVE');
      const claimed = { body: { port: { device_id: second, device_owner: 'compute:nova' } } };
      await attacker.api.expect(200, 'network', 'PUT', `/v2.0/ports/${String(id)}`, claimed);
      const before = (await attacker.cloud.ports(`?id=${String(id)}`))[0];
      await victim.cloud.deleteServer(second);
      await victim.cloud.untilGone(second);
      assert.deepEqual((await attacker.cloud.ports(`?id=${String(id)}`))[0], before);
    });

    it('goes on reading its metadata when another project uses its range and its address', async () => {
      // One that nobody has read yet: an answer from a cache would hide it.
      const fresh = await victim.cloud.createServer('fresh', shared, image);
      const { addresses } = await victim.cloud.untilStatus(fresh, 'ACTIVE');
      const place = String((addresses as Record<string, Row[]>)['everybody']?.[0]?.['addr']);
      const twin = await attacker.cloud.createNetwork('twin', '127.78.0.0/24');
      const answer = await createServer(attacker, [{ uuid: twin, fixed_ip: place }]);
      assert.equal(answer.status, 202, answer.text);
      const id = String((answer.json['server'] as Row)['id']);
      await attacker.cloud.untilStatus(id, 'ACTIVE');
      const read = await metadataFrom(admin, place, '/openstack/latest/meta_data.json');
      assert.equal(read.status, 200, read.text);
      assert.equal((JSON.parse(read.text) as Row)['uuid'], fresh);
      for (const tenant of [attacker, victim]) {
        const own = tenant === attacker ? id : fresh;
        await tenant.cloud.deleteServer(own);
        await tenant.cloud.untilGone(own);
      }
    });

    it('is not chosen by a header', async () => {
      for (const headers of [
        { 'x-forwarded-for': address },
        { forwarded: `for=${address}` },
        { forwarded: `for="${address}:4711"` },
        { 'x-real-ip': address },
        { 'x-instance-id': server, 'x-tenant-id': victim.project, 'x-forwarded-for': address },
      ]) {
        const answer = await metadataFrom(admin, '127.77.0.200', '/openstack/latest/user_data', headers);
        assert.equal(answer.status, 404, `${JSON.stringify(headers)}: ${answer.text}`);
      }
    });

    it('never gets what the one before it had at the same address', async () => {
      const place = [{ uuid: shared, fixed_ip: '127.78.0.252' }];
      const first = await adminCloud.createServer('first', shared, image, {
        networks: place,
        user_data: userData('of the first'),
      });
      await adminCloud.untilStatus(first, 'ACTIVE');
      const read = () => metadataFrom(admin, '127.78.0.252', '/openstack/latest/user_data');
      assert.equal((await read()).text, 'of the first');
      await adminCloud.deleteServer(first);
      await adminCloud.untilGone(first);
      assert.equal((await read()).status, 404);
      const next = await adminCloud.createServer('next', shared, image, {
        networks: place,
        user_data: userData('of the next'),
      });
      await adminCloud.untilStatus(next, 'ACTIVE');
      assert.equal((await read()).text, 'of the next');
      await adminCloud.deleteServer(next);
      await adminCloud.untilGone(next);
    });

    it('is in a project whose quota others cannot use up', async () => {
      const network = await attacker.cloud.createNetwork('mine', '127.79.0.0/24');
      const fields = { network_id: network, project_id: victim.project };
      for (const [kind, body] of [
        ['networks', { network: { project_id: victim.project } }],
        ['subnets', { subnet: { ...fields, ip_version: 4, cidr: '127.80.0.0/24' } }],
        ['ports', { port: fields }],
      ] as const) {
        const answer = await attacker.api.request('network', 'POST', `/v2.0/${kind}`, { body });
        assert.equal(answer.status, 400, `${kind}: ${answer.text}`);
      }
    });

    it('shows its NICs in the order in which they were asked for', async () => {
      const { cloud } = victim;
      const names = ['delta', 'alpha', 'charlie', 'bravo', 'echo'];
      const networks: Row[] = [];
      for (const [index, name] of names.entries()) {
        const network = await cloud.createNetwork(name, `10.90.${index}.0/24`);
        networks.push(
          index % 2 === 0 ? { uuid: network } : { port: (await createPort(victim, { network_id: network }))['id'] },
        );
      }
      const id = await cloud.createServer('many', '', image, { networks });
      const { addresses } = await cloud.untilStatus(id, 'ACTIVE');
      assert.deepEqual(Object.keys(addresses as Row), names);
      await cloud.deleteServer(id);
      await cloud.untilGone(id);
    });
  });
}
