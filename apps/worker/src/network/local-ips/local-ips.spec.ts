import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createContext } from '#libs/telemetry';
import { Authorizer } from '../../policy/authorizer.js';
import type { Store } from '../../store/index.js';
import { openMemoryStore } from '../../testing/memory-store.js';
import { createNetworkManagers } from '../create-network-managers.js';
import type { NetworkManagers } from '../create-network-managers.js';
import { LogManager } from '../logs/log-manager.js';
import { LoggableResourceManager } from '../logs/log-manager.js';
import { defaultNetworkSettings } from '../network-settings.js';
import { SecurityGroupManager } from '../security-groups/security-group-manager.js';
import { LocalIpAssociationManager } from './local-ip-association-manager.js';
import { LocalIpManager } from './local-ip-manager.js';

const manager = createContext({ user_id: 'u', project_id: 'p1', roles: ['manager', 'member', 'reader'] });
const other = createContext({ user_id: 'v', project_id: 'p2', roles: ['manager', 'member', 'reader'] });

let store: Store;
let all: NetworkManagers;
let network_id: string;
before(async () => {
  store = await openMemoryStore();
  all = createNetworkManagers(store, new Authorizer(), defaultNetworkSettings);
  const [network] = await all.networks.create(manager, [{ name: 'n' }]);
  network_id = network?.id ?? '';
  await all.subnets.create(manager, [{ network_id, ip_version: 4, cidr: '10.0.0.0/24' }]);
});
after(() => store.close());

const portOf = async (input: object = {}) => {
  const [port] = await all.ports.create(manager, [{ network_id, ...input }]);
  assert.ok(port);
  return port;
};

describe('local IPs', () => {
  let ips: LocalIpManager;
  let associations: LocalIpAssociationManager;
  before(() => {
    ips = all.resources.get(LocalIpManager);
    associations = all.resources.get(LocalIpAssociationManager);
  });

  it('are an address of a port, or of one that is made for them', async () => {
    await assert.rejects(ips.create(manager, [{}]), { code: 'LocalIPPortOrNetworkRequired' });
    const [made] = await ips.create(manager, [{ network_id, name: 'l' }]);
    assert.ok(made);
    const port = await all.ports.get(manager, made.local_port_id);
    assert.deepEqual([port.device_owner, port.fixed_ips[0]?.ip_address], ['network:local_ip', made.local_ip_address]);
    await assert.rejects(all.ports.delete(manager, { id: port.id }), { code: 'ServicePortInUse' });
    await ips.delete(manager, { id: made.id });
    await assert.rejects(all.ports.get(manager, port.id), { code: 'PortNotFound' });
    const own = await portOf();
    const [of] = await ips.create(manager, [{ local_port_id: own.id }]);
    assert.deepEqual([of?.local_ip_address, of?.ip_mode], [own.fixed_ips[0]?.ip_address, 'translate']);
    await ips.delete(manager, { id: of?.id ?? '' });
    await all.ports.delete(manager, { id: own.id });
  });

  it('are answered by ports, each once', async () => {
    const [made] = await ips.create(manager, [{ network_id }]);
    const local_ip_id = made?.id ?? '';
    const port = await portOf();
    const input = { local_ip_id, fixed_port_id: port.id };
    const [association] = await associations.create(manager, [input]);
    const { local_ip_address, fixed_ip, host } = association ?? {};
    assert.deepEqual([local_ip_address, fixed_ip, host], [made?.local_ip_address, port.fixed_ips[0]?.ip_address, '']);
    await assert.rejects(associations.create(manager, [input]), { code: 'LocalIPAssociationExists' });
    await assert.rejects(associations.create(other, [input]), { code: 'LocalIPNotFound' });
    const bare = await portOf({ fixed_ips: [] });
    await assert.rejects(associations.create(manager, [{ ...input, fixed_port_id: bare.id }]), { code: 'LocalIPNoIP' });
    await assert.rejects(ips.delete(manager, { id: local_ip_id }), { code: 'LocalIPInUse' });
    await associations.delete(manager, { id: `${local_ip_id}/${port.id}`, parent_id: local_ip_id });
    await ips.delete(manager, { id: local_ip_id });
  });
});

describe('logs', () => {
  it('are of a group, and of a port that has it', async () => {
    const logs = all.resources.get(LogManager);
    const loggable = await all.resources.get(LoggableResourceManager).list(manager);
    assert.deepEqual(loggable.objects, [{ id: 'security_group', type: 'security_group' }]);
    const resource_type = 'security_group';
    await assert.rejects(logs.create(manager, [{ resource_type: 'firewall' }]), { code: 'InvalidLogResourceType' });
    const [whole] = await logs.create(manager, [{ resource_type, name: 'w' }]);
    assert.deepEqual([whole?.event, whole?.resource_id, whole?.enabled], ['ALL', null, true]);
    const [group] = await all.resources.get(SecurityGroupManager).create(manager, [{ name: 'g' }]);
    const port = await portOf();
    const input = { resource_type, resource_id: group?.id ?? '', target_id: port.id };
    await assert.rejects(logs.create(manager, [input]), { code: 'InvalidResourceConstraint' });
    await assert.rejects(logs.create(other, [{ ...input, target_id: null }]), { code: 'ResourceNotFound' });
    await assert.rejects(logs.create(other, [{ ...input, resource_id: null }]), { code: 'TargetResourceNotFound' });
    await all.ports.update(manager, { id: port.id }, { security_groups: [input.resource_id] });
    const [log] = await logs.create(manager, [input]);
    assert.equal((await logs.update(manager, { id: log?.id ?? '' }, { enabled: false })).enabled, false);
    await all.ports.delete(manager, { id: port.id });
    await assert.rejects(logs.get(manager, log?.id ?? ''), { code: 'LogResourceNotFound' });
  });
});
