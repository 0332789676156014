import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { createContext } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import { Authorizer } from '../policy/authorizer.js';
import { openMemoryStore } from '../testing/memory-store.js';
import { insertInstance } from '../testing/instance-rows.js';
import { insertNetwork, insertSubnet } from '../testing/network-rows.js';
import type { Store } from '../store/index.js';
import { updatePort } from './ports/update-port.js';
import {
  activateForInstance,
  networkInfoOf,
  allocateForInstance,
  deallocateForInstance,
  instancesAt,
  nicsOf,
  resolveRequestedNetworks,
} from './instance-ports.js';
import { NetworkPolicy } from './network-policy.js';
import { insertPort } from './ports/insert-port.js';

const asProject = (id: string) => createContext({ project_id: id, user_id: 'u', roles: ['member', 'reader'] });

describe('ports of servers', () => {
  let store: Store;
  before(async () => {
    store = await openMemoryStore();
  });
  after(() => store.close());

  const policy = new NetworkPolicy(new Authorizer());
  const resolveAs = (
    context: RequestContext,
    mode: 'auto' | 'none' | 'list',
    networks: object[] = [],
    mayAttachExternal = false,
  ) =>
    store.transaction((tx) =>
      resolveRequestedNetworks(
        tx,
        { context, policy, mayAttachExternal, projectId: context.project_id ?? '' },
        mode,
        networks,
      ),
    );
  const resolve = (project: string, mode: 'auto' | 'none' | 'list', networks: object[] = []) =>
    resolveAs(asProject(project), mode, networks);
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
    const server = { id: instance, project_id: 'life' };
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
    await store.transaction((tx) => activateForInstance(tx, server));

    const addresses =
      (await networkInfoOf(store.db, [server, { id: 'another', project_id: 'life' }])).addresses.get(instance) ?? [];
    assert.equal(addresses.length, 4);
    assert.deepEqual(addresses.map((address) => String(address.version)).toSorted(), ['4', '4', '6', '6']);
    assert.ok(addresses.every((address) => address.network_name === 'net' && address.network_id === network));
    await store.transaction((tx) => deallocateForInstance(tx, server));
    await store.transaction((tx) => deallocateForInstance(tx, server));
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
    assert.equal((await networkInfoOf(store.db, [{ id: 'vm2', project_id: 'full' }])).addresses.size, 0);
    await store.transaction((tx) => deallocateForInstance(tx, { id: 'vm1', project_id: 'full' }));
    await store.transaction((tx) => allocateForInstance(tx, request('vm2')));
  });

  it('are not those of another project that name the server', async () => {
    const network = await insertNetwork(store.db, { project_id: 'victim', shared: true });
    await insertSubnet(store.db, network, '10.4.0.0/24');
    const instance = randomUUID();
    const server = { id: instance, project_id: 'victim' };
    await insertInstance(store.db, server);
    const claimed = await userPort(network, 'attacker', [{ ip_address: '10.4.0.66' }]);
    const claim = { device_id: instance, device_owner: 'compute:nova' };
    await store.transaction((tx) => updatePort(tx, claimed, claim, 'fa:16:3e:00:00:00'));
    const requested = [{ uuid: network, fixed_ip: '10.4.0.5' }];
    const request = { instance_id: instance, project_id: 'victim', host: 'host1', requested };
    const made = await store.transaction((tx) => allocateForInstance(tx, request));
    assert.deepEqual(
      made.map((port) => port.fixed_ips[0]?.ip_address),
      ['10.4.0.5'],
    );
    const row = () => store.db.selectFrom('ports').selectAll().where('id', '=', claimed.id).executeTakeFirstOrThrow();
    const before = await row();
    await store.transaction((tx) => allocateForInstance(tx, { ...request, host: 'host2' }));
    await store.transaction((tx) => activateForInstance(tx, server));
    assert.deepEqual(
      (await networkInfoOf(store.db, [server])).addresses.get(instance)?.map(({ addr }) => addr),
      ['10.4.0.5'],
    );
    assert.deepEqual(await instancesAt(store.db, '10.4.0.5'), [instance]);
    assert.deepEqual(await instancesAt(store.db, '10.4.0.66'), []);
    assert.equal((await nicsOf(store.db, server)).length, 1);
    await store.transaction((tx) => deallocateForInstance(tx, server));
    assert.deepEqual(await row(), before);
  });

  it('are told by address on networks that administrators open, never on a project’s own', async () => {
    const instances: string[] = [];
    for (const opened of [{ shared: true }, { router_external: true }, {}]) {
      const network = await insertNetwork(store.db, { project_id: 'at', ...opened });
      await insertSubnet(store.db, network, '10.5.0.0/24');
      const instance = randomUUID();
      instances.push(instance);
      await insertInstance(store.db, { id: instance, project_id: 'at' });
      const fixed = `10.5.0.${10 + instances.length}`;
      for (const [index, fixedIp] of [fixed, '10.5.0.99'].entries()) {
        // The second address is the same on all three ports.
        const id = index === 0 ? instance : randomUUID();
        if (index === 1) await insertInstance(store.db, { id, project_id: 'at' });
        const requested = [{ uuid: network, fixed_ip: fixedIp }];
        await store.transaction((tx) =>
          allocateForInstance(tx, { instance_id: id, project_id: 'at', host: 'h', requested }),
        );
      }
      assert.deepEqual(await instancesAt(store.db, fixed), instances.length < 3 ? [instance] : []);
    }
    assert.equal((await instancesAt(store.db, '10.5.0.99')).length, 2);
    await store.db.updateTable('instances').set({ deleted: true }).where('id', '=', instances[0]!).execute();
    assert.deepEqual(await instancesAt(store.db, '10.5.0.11'), []);
    assert.deepEqual(await instancesAt(store.db, 'nonsense'), []);
  });

  it('keep the order and the tags of the request', async () => {
    const requested = [];
    for (let index = 0; index < 6; index += 1) {
      const network = await insertNetwork(store.db, { project_id: 'many', name: `net${index}` });
      await insertSubnet(store.db, network, '10.6.0.0/24');
      const tag = index === 2 ? { tag: 'storage' } : {};
      requested.push(
        index % 2 === 0
          ? { uuid: network, ...tag }
          : { uuid: network, port: (await userPort(network, 'many')).id, ...tag },
      );
    }
    // Their creation order is the opposite of their positions.
    requested.reverse();
    const server = { id: randomUUID(), project_id: 'many' };
    const request = { instance_id: server.id, project_id: 'many', host: 'h', requested };
    await store.transaction((tx) => allocateForInstance(tx, request));
    const names = ['net5', 'net4', 'net3', 'net2', 'net1', 'net0'];
    const addresses = (await networkInfoOf(store.db, [server])).addresses.get(server.id) ?? [];
    assert.deepEqual(
      addresses.map((address) => address.network_name),
      names,
    );
    const nics = await nicsOf(store.db, server);
    assert.deepEqual(
      nics.map(({ network_id: id, tag, mtu }) => [id, tag, mtu]),
      requested.map(({ uuid }, index) => [uuid, index === 3 ? 'storage' : null, 1450]),
    );
    const again = await store.transaction((tx) => allocateForInstance(tx, { ...request, host: 'other' }));
    assert.deepEqual(
      again.map((port) => port.id),
      nics.map((nic) => nic.port_id),
    );
  });

  it('obey the rules that the user meets at the Network API', async () => {
    const network = await insertNetwork(store.db, { project_id: 'owner2', shared: true });
    await insertSubnet(store.db, network, '10.7.0.0/24');
    const taken = await userPort(network, 'owner2', [{ ip_address: '10.7.0.9' }]);
    const forbidden = { code: 'PolicyNotAuthorized', details: { rule: 'create_port:fixed_ips:ip_address' } };
    for (const fixedIp of ['10.7.0.9', '10.7.0.10', '10.99.0.1', 'nonsense']) {
      await assert.rejects(resolve('guest', 'list', [{ uuid: network, fixed_ip: fixedIp }]), forbidden);
    }
    await assert.rejects(resolve('owner2', 'list', [{ uuid: network, fixed_ip: '10.7.0.9' }]), {
      code: 'NetworkInvalid',
      message: 'Fixed IP 10.7.0.9 is already in use.',
    });
    assert.deepEqual(await resolve('owner2', 'list', [{ uuid: network, fixed_ip: '10.7.0.10' }]), [
      { uuid: network, fixed_ip: '10.7.0.10' },
    ]);
    const reader = createContext({ project_id: 'guest', user_id: 'u', roles: ['reader'] });
    const own = await insertNetwork(store.db, { project_id: 'guest' });
    await insertSubnet(store.db, own, '10.6.0.0/24');
    await assert.rejects(resolveAs(reader, 'list', [{ uuid: own }]), { code: 'PolicyNotAuthorized' });

    const guestPort = await userPort(network, 'guest');
    const notUsable = { code: 'NetworkInvalid', message: `Port ${guestPort.id} not usable for instance.` };
    await assert.rejects(resolve('owner2', 'list', [{ port: guestPort.id }]), notUsable);
    const admin = createContext({ project_id: 'elsewhere', user_id: 'u', roles: ['admin', 'member', 'reader'] });
    await assert.rejects(resolveAs(admin, 'list', [{ port: guestPort.id }]), notUsable);
    await assert.rejects(resolve('guest', 'list', [{ port: taken.id }]), {
      message: `Port id ${taken.id} could not be found.`,
    });

    const external = await insertNetwork(store.db, { project_id: 'owner2', router_external: true });
    await insertSubnet(store.db, external, '10.8.0.0/24');
    for (const project of ['guest', 'owner2']) {
      await assert.rejects(resolve(project, 'list', [{ uuid: external }]), { code: 'PolicyNotAuthorized' });
    }
    assert.deepEqual(await resolveAs(admin, 'list', [{ uuid: external }], true), [{ uuid: external }]);
    const outside = await userPort(external, 'guest');
    await assert.rejects(resolve('guest', 'list', [{ port: outside.id }]), { code: 'PolicyNotAuthorized' });
  });

  it('are not taken from another project, whoever asked', async () => {
    const network = await insertNetwork(store.db, { project_id: 'one' });
    await insertSubnet(store.db, network, '10.9.0.0/24');
    const port = await userPort(network, 'one');
    const request = {
      instance_id: randomUUID(),
      project_id: 'two',
      host: 'h',
      requested: [{ uuid: network, port: port.id }],
    };
    await assert.rejects(
      store.transaction((tx) => allocateForInstance(tx, request)),
      { code: 'NetworkInvalid', message: `Port ${port.id} not usable for instance ${request.instance_id}.` },
    );
  });
});
