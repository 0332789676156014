// Guests of two hosts on one network: VXLAN between two workers, whose hosts are network namespaces of this machine.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApiClient, until } from '#testing/api-client';
import { Cloud, rowsOf } from '#testing/cloud';
import { missingForNetworks } from '#testing/guest-host';
import { GuestsUnderTest } from '#testing/guests-under-test';
import { HostNamespaces, missingForHosts } from '#testing/host-namespaces';
import { startPair } from '#testing/stack';
import type { Pair } from '#testing/stack';
import { missingForGuests } from '#testing/tiny-guest';
import { NetworkSpace, spaceFile } from '../../apps/worker/src/fabric/kernel/network-space.js';

/** Software emulation beside other tests is slow. */
const BOOT_MS = 240_000;

const missing = missingForGuests() || (await missingForNetworks(['ip'])) || missingForHosts();

describe('guests of two hosts', { skip: missing, timeout: 600_000 }, () => {
  let pair: Pair;
  let guests: GuestsUnderTest;
  let hosts: HostNamespaces;
  let cloud: Cloud;
  before(async () => {
    const topics = 'conductor,scheduler,network,identity,image';
    pair = await startPair({ worker: () => ({ env: { OS_DEFAULT__ENABLED_TOPICS: topics } }) });
    guests = await GuestsUnderTest.make();
    const ports = [new URL(pair.brokerUrl).port, new URL(pair.databaseUrl).port, String(pair.ports.metadata)];
    hosts = new HostNamespaces(ports);
    for (const [at, name] of hosts.names.entries()) {
      hosts.start(name, 'apps/worker/src/main.js', {
        ...pair.env,
        ...guests.env,
        OS_DEFAULT__ENABLED_TOPICS: 'compute',
        OS_DEFAULT__HOST: name,
        OS_DEFAULT__INSTANCES_PATH: `${guests.folder}/${at}`,
        OS_DEFAULT__FORCE_CONFIG_DRIVE: 'true',
        OS_QEMU__NETWORK: 'host',
        OS_VXLAN__LOCAL_IP: `10.200.0.${at + 1}`,
      });
    }
    const api = new ApiClient(pair.ports);
    await api.login();
    cloud = new Cloud(api);
  });
  after(async () => {
    await hosts?.close();
    await pair?.stop();
    for (const at of [0, 1]) await NetworkSpace.closeAt(spaceFile(`${guests?.folder}/${at}`));
    await guests?.close();
  });

  it('reach each other with packets as large as the network allows', { timeout: 2 * BOOT_MS }, async () => {
    const { api } = cloud;
    const image = await guests.uploadImage(api);
    const flavor = { name: 'tiny', ram: 96, vcpus: 1, disk: 1, id: 'tiny' };
    await api.expect(200, 'osapi_compute', 'POST', '/v2.1/flavors', { body: { flavor } });
    await until(
      async () => {
        const body = await api.expect(200, 'osapi_compute', 'GET', '/v2.1/os-services?binary=nova-compute');
        const up = rowsOf(body, 'services').filter(({ state }) => state === 'up');
        return hosts.names.every((name) => up.some(({ host }) => host === name)) ? true : undefined;
      },
      'both hosts',
      BOOT_MS,
    );
    const network = await cloud.createNetwork('wide', '10.60.0.0/24');
    const [near, far] = hosts.names;
    const boot = async (name: string, host: string, address: string, script?: string): Promise<string> => {
      const port = { network_id: network, fixed_ips: [{ ip_address: address }] };
      const made = await api.expect(201, 'network', 'POST', '/v2.0/ports', { body: { port } });
      const server = {
        name,
        flavorRef: 'tiny',
        imageRef: image,
        networks: [{ port: (made['port'] as { id: string }).id }],
        availability_zone: `nova:${host}`,
        ...(script !== undefined && { user_data: Buffer.from(script).toString('base64') }),
      };
      const answer = await api.expect(202, 'osapi_compute', 'POST', '/v2.1/servers', { body: { server } });
      return (answer['server'] as { id: string }).id;
    };
    const bob = await boot('bob', far, '10.60.0.20');
    const script =
      '#!/bin/sh\nuntil ping -c 1 -W 1 10.60.0.20 >/dev/null; do sleep 1; done\nping -c 2 -s 1372 10.60.0.20\n';
    const ann = await boot('ann', near, '10.60.0.10', script);
    const output = async (): Promise<string> => {
      const path = `/v2.1/servers/${ann}/action`;
      const body = { 'os-getConsoleOutput': {} };
      return String((await api.expect(200, 'osapi_compute', 'POST', path, { body }))['output']);
    };
    await cloud.untilStatus(ann, 'ACTIVE', BOOT_MS);
    await until(async () => (/ready after/.test(await output()) ? true : undefined), 'its answer', BOOT_MS);
    assert.match(await output(), /1380 bytes from 10\.60\.0\.20[^]*2 packets transmitted, 2 packets received/);
    for (const id of [ann, bob]) await api.expect(204, 'osapi_compute', 'DELETE', `/v2.1/servers/${id}`);
    const listed = async (): Promise<number> =>
      rowsOf(await api.expect(200, 'osapi_compute', 'GET', '/v2.1/servers'), 'servers').length;
    await until(async () => ((await listed()) === 0 ? true : undefined), 'their deletion', BOOT_MS);
  });
});
