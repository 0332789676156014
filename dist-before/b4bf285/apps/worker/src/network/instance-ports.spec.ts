import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { createContext } from '#libs/telemetry';
import { openMemoryStore } from '../testing/memory-store.js';
import { insertNetwork, insertSubnet } from '../testing/network-rows.js';
import type { Store } from '../store/index.js';
import {
  activateForInstance,
  addressesOf,
  allocateForInstance,
  deallocateForInstance,
  instancesAt,
  resolveRequestedNetworks,
} from './instance-ports.js';
import { insertPort } from './ports/insert-port.js';

const asProject = (id: string) => createContext({ project_id: id, user_id: 'u', roles: ['member', 'reader'] });

describe('ports of servers', () => {
  let store: Store;
  before(async () => {
    store = await openMemoryStore();
  });
  after(() => store.close());

  const resolve = (project: string, mode: 'auto' | 'none' | 'list', networks: object[] = []) =>
    store.transaction((tx) => resolveRequestedNetworks(tx, asProject(project), mode, networks));
  const userPort = (networkId: string, projectId: string, fixedIps?: { ip_address: string }[]) =>
    store.transaction((tx) =>
      insertPort(
        tx,
        {
          network_id: networkId,
          project_id: projectId,
          name: 'mine',
          description: '',
          admin_state_up: true,
          device_id: '',
          device_owner: '',
          port_security_enabled: true,
          allowed_address_pairs: [],
          binding_host_id: '',
          binding_vnic_type: 'normal',
          binding_profile: {},
          dns_name: '',
          mac_address: null,
          fixed_ips: fixedIps,
          created_for_instance: null,
        },
        'fa:16:3e:00:00:00',
      ),
    );

  it('takes the one network that can be used, none for a project without, and refuses to choose', async () => {
    assert.deepEqual(await resolve('auto1', 'auto'), []);
    const only = await insertNetwork(store.db, { project_id: 'auto1' });
    await insertSubnet(store.db, only, '10.0.0.0/24');
    await insertNetwork(store.db, { project_id: 'auto1', name: 'without subnet' });
    assert.deepEqual(await resolve('auto1', 'auto'), [{ uuid: only }]);
    assert.deepEqual(await resolve('auto1', 'none', [{ uuid: only }]), []);
    const second = await insertNetwork(store.db, { project_id: 'auto1' });
    await insertSubnet(store.db, second, '10.0.0.0/24');
    await assert.rejects(resolve('auto1', 'auto'), {
      code: 'Conflict',
      message: 'Multiple possible networks found, use a Network ID to be more specific.',
    });
  });

  it('answers 400 for networks and ports that are not there or of others, 409 for ports in use', async () => {
    const network = await insertNetwork(store.db, { project_id: 'owner' });
    await insertSubnet(store.db, network, '10.1.0.0/24');
    await assert.rejects(resolve('other', 'list', [{ uuid: network }]), {
      code: 'NetworkInvalid',
      message: `Network ${network} could not be found.`,
    });
    await assert.rejects(resolve('owner', 'list', [{ port: 'nope' }]), { message: 'Port id nope could not be found.' });
    const port = await userPort(network, 'owner');
    assert.deepEqual(await resolve('owner', 'list', [{ port: port.id, tag: 't' }]), [
      { uuid: network, port: port.id, tag: 't' },
    ]);
    await assert.rejects(resolve('other', 'list', [{ port: port.id }]), { code: 'NetworkInvalid' });
    await assert.rejects(resolve('owner', 'list', [{ port: port.id }, { port: port.id }]), { code: 'PortInUse' });
    await store.db.updateTable('ports').set({ device_id: 'vm' }).where('id', '=', port.id).execute();
    await assert.rejects(resolve('owner', 'list', [{ port: port.id }]), {
      code: 'PortInUse',
      message: `Port ${port.id} is still in use.`,
    });
    const address = port.fixed_ips[0]!.ip_address;
    await assert.rejects(resolve('owner', 'list', [{ uuid: network, fixed_ip: address }]), /already in use/);
    await assert.rejects(resolve('owner', 'list', [{ uuid: network, fixed_ip: '10.9.0.1' }]), /not a valid ip address/);
  });

  it('gives a server its ports once, and takes away only what it made', async () => {
    const network = await insertNetwork(store.db, { project_id: 'life', name: 'net' });
    await insertSubnet(store.db, network, '10.2.0.0/24');
    await insertSubnet(store.db, network, '2001:db8:2::/64', { ipv6_address_mode: 'slaac', ipv6_ra_mode: 'slaac' });
    const own = await userPort(network, 'life', [{ ip_address: '10.2.0.77' }]);
    const instance = randomUUID();
    const request = {
      instance_id: instance,
      project_id: 'life',
      host: 'host1',
      requested: [{ uuid: network }, { uuid: network, port: own.id }],
    };
    const first = await store.transaction((tx) => allocateForInstance(tx, request));
    const again = await store.transaction((tx) => allocateForInstance(tx, { ...request, host: 'host2' }));
    assert.equal(first.length, 2);
    assert.deepEqual(again.map((port) => port.id).toSorted(), first.map((port) => port.id).toSorted());
    assert.deepEqual(
      again.map((port) => [port.binding_host_id, port.device_owner, port.status]),
      [
        ['host2', 'compute:nova', 'DOWN'],
        ['host2', 'compute:nova', 'DOWN'],
      ],
    );
    await store.transaction((tx) => activateForInstance(tx, instance));

    const addresses = (await addressesOf(store.db, [instance, 'another'])).get(instance) ?? [];
    assert.equal(addresses.length, 4);
    assert.deepEqual(addresses.map((address) => String(address.version)).toSorted(), ['4', '4', '6', '6']);
    assert.ok(addresses.every((address) => address.network_name === 'net' && address.network_id === network));
    assert.deepEqual(await instancesAt(store.db, '10.2.0.77'), [instance]);
    assert.deepEqual(await instancesAt(store.db, 'nonsense'), []);

    await store.transaction((tx) => deallocateForInstance(tx, instance));
    await store.transaction((tx) => deallocateForInstance(tx, instance));
    const left = await store.db.selectFrom('ports').selectAll().where('network_id', '=', network).execute();
    assert.deepEqual(
      left.map((port) => [port.id, port.device_id, port.status, port.binding_vif_type]),
      [[own.id, '', 'DOWN', 'unbound']],
    );
    const held = await store.db.selectFrom('ip_allocations').select('port_id').distinct().execute();
    assert.ok(held.every((row) => row.port_id !== first[0]!.id || row.port_id === own.id));
  });

  it('leaves nothing behind when a port cannot be had', async () => {
    const network = await insertNetwork(store.db, { project_id: 'full' });
    await insertSubnet(store.db, network, '10.3.0.0/30');
    const request = (id: string) => ({
      instance_id: id,
      project_id: 'full',
      host: 'h',
      requested: [{ uuid: network }],
    });
    await store.transaction((tx) => allocateForInstance(tx, request('vm1')));
    await assert.rejects(
      store.transaction((tx) => allocateForInstance(tx, request('vm2'))),
      { code: 'IpAddressGenerationFailure', message: `No more IP addresses available on network ${network}.` },
    );
    assert.equal((await addressesOf(store.db, ['vm2'])).size, 0);
    await store.transaction((tx) => deallocateForInstance(tx, 'vm1'));
    await store.transaction((tx) => allocateForInstance(tx, request('vm2')));
  });
});
