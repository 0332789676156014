import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApiClient } from '#testing/api-client';
import { Cloud } from '#testing/cloud';
import { startEmbedded } from '#testing/stack';
import type { Stack } from '#testing/stack';

describe('plain fetch against albireo-server', () => {
  let stack: Stack;
  let cloud: Cloud;
  before(async () => {
    stack = await startEmbedded();
    const api = new ApiClient(stack.ports);
    await api.login();
    cloud = new Cloud(api);
  });
  after(() => stack?.stop());

  it('takes a server from create to gone, with one address of its subnet meanwhile', async () => {
    const network = await cloud.createNetwork('fetch', '192.168.7.0/28');
    const id = await cloud.createServer('by-fetch', network, await cloud.imageId());
    const active = await cloud.untilStatus(id, 'ACTIVE');
    assert.match(JSON.stringify(active['addresses']), /192\.168\.7\.\d+/);
    assert.equal((await cloud.ports(`?device_id=${id}`)).length, 1);

    await cloud.action(id, { 'os-stop': null });
    await cloud.untilStatus(id, 'SHUTOFF');
    await cloud.action(id, { 'os-start': null });
    await cloud.untilStatus(id, 'ACTIVE');
    await cloud.action(id, { reboot: { type: 'HARD' } });
    await cloud.untilStatus(id, 'ACTIVE');
    await cloud.api.expect(200, 'osapi_compute', 'PUT', `/v2.1/servers/${id}`, {
      body: { server: { name: 'renamed' } },
    });
    assert.equal((await cloud.server(id))?.['name'], 'renamed');

    await cloud.deleteServer(id);
    await cloud.untilGone(id);
    assert.deepEqual(await cloud.ports(), []);
  });

  it('answers metadata for the address of a server', async () => {
    const network = await cloud.createNetwork('loopback', '127.0.0.0/24');
    const body = { networks: [{ uuid: network, fixed_ip: '127.0.0.1' }], metadata: { role: 'db' } };
    const id = await cloud.createServer('with-metadata', network, await cloud.imageId(), body);
    await cloud.untilStatus(id, 'ACTIVE');
    const answer = await cloud.api.request('metadata', 'GET', '/openstack/latest/meta_data.json', { token: null });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json['uuid'], id);
    assert.deepEqual(answer.json['meta'], { role: 'db' });
    const ec2 = await cloud.api.request('metadata', 'GET', '/latest/meta-data/local-ipv4', { token: null });
    assert.equal(ec2.text, '127.0.0.1');
    await cloud.deleteServer(id);
    await cloud.untilGone(id);
  });
});
