import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ApiClient } from '#testing/api-client';
import { startBroker } from '#testing/broker';
import type { Broker } from '#testing/broker';
import { Cloud, rowsOf } from '#testing/cloud';
import { openstackJson } from '#testing/openstack-command';
import { missingPythonModules } from '#testing/peers';
import { ADMIN_PASSWORD, startPair } from '#testing/stack';
import type { Pair } from '#testing/stack';

/** A notification's queue is called as its topic alone, as oslo has it: regions in one virtual host need topics of their own. */
const notifying = (topic: string): Record<string, string> => ({
  OS_OSLO_MESSAGING_NOTIFICATIONS__DRIVER: 'messagingv2',
  OS_OSLO_MESSAGING_NOTIFICATIONS__TOPICS: topic,
});

/** Builds some servers in one region and answers their ids. */
async function buildIn(cloud: Cloud, name: string): Promise<string[]> {
  const network = await cloud.createNetwork(name, '10.2.0.0/24');
  const image = await cloud.imageId();
  const ids = await Promise.all(
    Array.from({ length: 4 }, (_, n) => cloud.createServer(`${name}-${n}`, network, image)),
  );
  for (const id of ids) await cloud.untilStatus(id, 'ACTIVE');
  return ids.toSorted();
}

async function serversOf({ api }: Cloud): Promise<string[]> {
  const list = await api.expect(200, 'osapi_compute', 'GET', '/v2.1/servers');
  return rowsOf(list, 'servers')
    .map(({ id }) => String(id))
    .toSorted();
}

async function loggedIn(pair: Pair): Promise<Cloud> {
  const api = new ApiClient(pair.ports);
  await api.login();
  return new Cloud(api);
}

/** Two share a virtual host, each with a control exchange of its own; a third has the first one's exchange in another. */
describe('regions on one broker', { timeout: 400_000 }, () => {
  let broker: Broker;
  let one: Pair;
  let two: Pair;
  let three: Pair;
  before(async () => {
    broker = await startBroker({ own: true });
    await broker.ctl(['add_vhost', 'other']);
    await broker.ctl(['set_permissions', '-p', 'other', 'guest', '.*', '.*', '.*']);
    one = await startPair({
      brokerUrl: broker.url,
      env: { ...notifying('one.notices'), OS_DEFAULT__CONTROL_EXCHANGE: 'one' },
    });
    const env = { ...notifying('two.notices'), OS_DEFAULT__CONTROL_EXCHANGE: 'two', OS_IDENTITY__REGION: 'RegionTwo' };
    two = await startPair({ brokerUrl: broker.url, env });
    three = await startPair({
      brokerUrl: `${broker.url.replace(/\/$/, '')}/other`,
      env: {
        ...notifying('one.notices'),
        OS_DEFAULT__CONTROL_EXCHANGE: 'one',
        OS_DEFAULT__ENABLED_APIS: 'osapi_compute,network,image',
        OS_IDENTITY__REGION: 'RegionThree',
        // The first region's Identity is the Keystone of both.
        OS_API__AUTH_STRATEGY: 'keystone',
        OS_IDENTITY__SIGNING_KEYS: 'another-key-than-the-one-of-keystone-0123',
        OS_KEYSTONE_AUTHTOKEN__AUTH_URL: one.url('identity'),
        OS_KEYSTONE_AUTHTOKEN__USERNAME: 'admin',
        OS_KEYSTONE_AUTHTOKEN__PASSWORD: ADMIN_PASSWORD,
        OS_KEYSTONE_AUTHTOKEN__PROJECT_NAME: 'admin',
      },
    });
  });
  after(async () => {
    for (const pair of [three, two, one]) await pair?.stop();
    await broker?.stop();
  });

  it('with exchanges of their own, calls, casts, fanouts and notifications of one never reach the other', async () => {
    const [first, second] = await Promise.all([loggedIn(one), loggedIn(two)]);
    const built = await Promise.all([buildIn(first, 'one'), buildIn(second, 'two')]);
    assert.deepEqual(await Promise.all([serversOf(first), serversOf(second)]), built);
    // A token revoked in the first is told to the first's gateways only; the second's stays good.
    const headers = { 'x-subject-token': first.api.token };
    await first.api.expect(204, 'identity', 'DELETE', '/v3/auth/tokens', { headers });
    await serversOf(second);

    const queues = (await broker.ctl(['list_queues', '-q', 'name']))
      .split('\n')
      .filter((line) => line !== 'name' && line !== '');
    assert.deepEqual(
      queues.filter((name) => !/^(one|two)\./.test(name)),
      [],
    );
    const bindings = (await broker.ctl(['list_bindings', '-q', 'source_name', 'destination_name'])).split('\n');
    const crossed = bindings.filter((line) => line.startsWith('one\ttwo.') || line.startsWith('two\tone.'));
    assert.deepEqual(crossed, []);
    for (const exchange of ['one', 'two'])
      assert.ok(bindings.some((line) => line.startsWith(`${exchange}\t${exchange}.`)));
  });

  it('with one exchange name in two virtual hosts and one Keystone', async () => {
    const cloud = await loggedIn(one);
    const remote = new ApiClient(three.ports);
    remote.token = cloud.api.token;
    const before = await serversOf(cloud);
    const built = await buildIn(new Cloud(remote), 'three');
    assert.deepEqual(await serversOf(new Cloud(remote)), built);
    assert.deepEqual(await serversOf(cloud), before);
  });

  it(
    'one catalog has both, and a client chooses by the name of the region',
    { skip: missingPythonModules('openstackclient') },
    async () => {
      const { api } = await loggedIn(one);
      await api.expect(201, 'identity', 'POST', '/v3/regions', { body: { region: { id: 'RegionThree' } } });
      const urls = {
        compute: `${three.url('osapi_compute')}/v2.1`,
        network: three.url('network'),
        image: three.url('image'),
      };
      for (const [type, url] of Object.entries(urls)) {
        const list = await api.expect(200, 'identity', 'GET', `/v3/services?type=${type}`);
        const endpoint = {
          service_id: rowsOf(list, 'services')[0]?.['id'],
          interface: 'public',
          region_id: 'RegionThree',
          url,
        };
        await api.expect(201, 'identity', 'POST', '/v3/endpoints', { body: { endpoint } });
      }
      // The client takes no region that its file does not name.
      const auth = {
        auth_url: `${one.url('identity')}/v3`,
        username: 'admin',
        password: ADMIN_PASSWORD,
        project_name: 'admin',
        user_domain_id: 'default',
        project_domain_id: 'default',
      };
      const cloudsFile = join(one.directory, 'regions.yaml');
      const regions = ['RegionOne', 'RegionThree'];
      await writeFile(cloudsFile, JSON.stringify({ clouds: { albireo: { auth, regions, identity_api_version: 3 } } }));
      const target = { directory: one.directory, cloudsFile };
      const names = async (region: string): Promise<string[]> => {
        const list = (await openstackJson(target, '--os-region-name', region, 'network', 'list')) as { Name: string }[];
        return list.map(({ Name }) => Name).filter((name) => /^(one|two|three)$/.test(name));
      };
      assert.deepEqual(await names('RegionOne'), ['one']);
      assert.deepEqual(await names('RegionThree'), ['three']);
    },
  );
});
