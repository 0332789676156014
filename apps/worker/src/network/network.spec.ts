import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { NetworkInput, PortInput, SubnetInput } from '#libs/contracts';
import { createContext } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import { Authorizer } from '../policy/authorizer.js';
import { openMemoryStore } from '../testing/memory-store.js';
import type { Store } from '../store/index.js';
import { createNetworkManagers } from './create-network-managers.js';
import type { NetworkManagers } from './create-network-managers.js';
import { defaultNetworkSettings } from './network-settings.js';

const member = (project: string): RequestContext =>
  createContext({ user_id: 'u', project_id: project, roles: ['member', 'reader'] });
const admin = createContext({ user_id: 'a', project_id: 'adm', roles: ['admin', 'manager', 'member', 'reader'] });

describe('the topic network', () => {
  let store: Store;
  let topic: NetworkManagers;
  before(async () => {
    store = await openMemoryStore();
    topic = createNetworkManagers(store, new Authorizer(), defaultNetworkSettings);
  });
  after(() => store.close());

  const network = async (ctx: RequestContext, input: NetworkInput = {}) =>
    (await topic.networks.create(ctx, [input]))[0]!;
  const subnet = async (ctx: RequestContext, input: SubnetInput) => (await topic.subnets.create(ctx, [input]))[0]!;
  const port = async (ctx: RequestContext, input: PortInput) => (await topic.ports.create(ctx, [input]))[0]!;

  describe('networks', () => {
    it('have neutron defaults and a segment of their own', async () => {
      const ctx = member('n1');
      const first = await network(ctx, { name: 'one' });
      assert.deepEqual(
        [first.mtu, first.status, first.shared, first.provider_network_type, first.revision_number, first.subnets],
        [1450, 'ACTIVE', false, 'vxlan', 1, []],
      );
      const second = await network(ctx);
      assert.notEqual(first.provider_segmentation_id, second.provider_segmentation_id);
      assert.match(first.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      const changed = await topic.networks.update(ctx, { id: first.id, expected_revision: 1 }, { name: 'uno' });
      assert.deepEqual([changed.name, changed.revision_number, changed.mtu], ['uno', 2, 1450]);
      await assert.rejects(topic.networks.update(ctx, { id: first.id, expected_revision: 1 }, { name: 'x' }), {
        code: 'RevisionNumberConstraintFailed',
        message: 'Constrained to 1, but current revision is 2',
      });
      await topic.networks.delete(ctx, { id: first.id });
      await assert.rejects(topic.networks.get(ctx, first.id), {
        code: 'NetworkNotFound',
        message: `Network ${first.id} could not be found.`,
      });
    });

    it('of others are not there; shared ones are read, not changed', async () => {
      const own = await network(member('t1'));
      await assert.rejects(topic.networks.get(member('t2'), own.id), { code: 'NetworkNotFound' });
      await assert.rejects(topic.networks.delete(member('t2'), { id: own.id }), { code: 'NetworkNotFound' });
      const shared = await network(admin, { shared: true, name: 'everybody' });
      assert.equal((await topic.networks.get(member('t2'), shared.id)).name, 'everybody');
      const change = [{ id: shared.id }, { name: 'mine' }] as const;
      await assert.rejects(topic.networks.update(member('t2'), ...change), { code: 'PolicyNotAuthorized' });
      const seen = (await topic.networks.list(member('t2'), {})).objects.map((each) => each.id);
      assert.deepEqual(seen, [shared.id]);
      assert.equal((await topic.networks.get(admin, own.id)).id, own.id);
      await port(member('t2'), { network_id: shared.id });
      await assert.rejects(topic.networks.update(admin, { id: shared.id }, { shared: false }), {
        code: 'InvalidSharedSetting',
      });
      await topic.ports.delete(member('t2'), { id: (await topic.ports.list(member('t2'), {})).objects[0]!.id });
      await topic.networks.delete(admin, { id: shared.id });
    });

    it('keep provider attributes and sharing for administrators', async () => {
      await assert.rejects(network(member('p'), { shared: true }), { code: 'PolicyNotAuthorized' });
      await assert.rejects(network(member('p'), { provider_network_type: 'vxlan' }), { code: 'PolicyNotAuthorized' });
      await assert.rejects(network(member('p'), { project_id: 'q' }), { code: 'PolicyNotAuthorized' });
      await network(member('p'), { shared: false, port_security_enabled: true });
      const vlan = {
        provider_network_type: 'vlan',
        provider_physical_network: 'physnet1',
        provider_segmentation_id: 7,
        project_id: 'p',
      };
      assert.deepEqual([(await network(admin, vlan)).mtu], [1500]);
      await assert.rejects(network(admin, vlan), { code: 'SegmentationIdInUse' });
      await assert.rejects(network(admin, { provider_segmentation_id: 7 }), /network_type required/);
      await assert.rejects(network(admin, { provider_network_type: 'x' }), /'x' not supported/);
      const empty = { provider_physical_network: '', provider_segmentation_id: 0 };
      const local = await network(admin, { provider_network_type: 'local', ...empty });
      assert.deepEqual([local.provider_physical_network, local.provider_segmentation_id], [null, null]);
      await assert.rejects(network(admin, { mtu: 9000 }), /maximum is 1450/);
    });

    it('remember whether VLAN transparency was asked for', async () => {
      const ctx = member('vlan');
      assert.equal((await network(ctx)).vlan_transparent, null);
      assert.equal((await network(ctx, { vlan_transparent: true })).vlan_transparent, true);
      const found = await topic.networks.list(ctx, { filters: { vlan_transparent: ['true'] } });
      assert.equal(found.objects.length, 1);
    });

    it('are created all or none, within the quota', async () => {
      const few = createNetworkManagers(store, new Authorizer(), {
        ...defaultNetworkSettings,
        quotas: { ...defaultNetworkSettings.quotas, quotaNetwork: 2, quotaSubnet: 1, quotaPort: 1 },
      });
      const ctx = member('quota');
      await assert.rejects(few.networks.create(ctx, [{}, {}, {}]), {
        code: 'OverQuota',
        message: "Quota exceeded for resources: ['network'].",
      });
      const [first] = await few.networks.create(ctx, [{}, {}]);
      await assert.rejects(few.networks.create(ctx, [{}]), { code: 'OverQuota' });
      await few.subnets.create(ctx, [{ network_id: first!.id, cidr: '10.0.0.0/24' }]);
      await assert.rejects(few.subnets.create(ctx, [{ network_id: first!.id, cidr: '10.0.1.0/24' }]), /'subnet'/);
      await few.ports.create(ctx, [{ network_id: first!.id }]);
      await assert.rejects(few.ports.create(ctx, [{ network_id: first!.id }]), /'port'/);
    });

    it('are found by filters, sorted and paged', async () => {
      const ctx = member('list');
      for (const name of ['c', 'a', 'b']) await network(ctx, { name });
      const names = async (args: object) => (await topic.networks.list(ctx, args)).objects.map((each) => each.name);
      assert.deepEqual(await names({ sort_keys: ['name'] }), ['a', 'b', 'c']);
      assert.deepEqual(await names({ filters: { name: ['a', 'c'], admin_state_up: ['True'] }, sort_keys: ['name'] }), [
        'a',
        'c',
      ]);
      assert.deepEqual(
        await names({ filters: { mtu: ['1450'], provider_physical_network: [''] }, sort_keys: ['name'], limit: 1 }),
        ['a'],
      );
      assert.deepEqual(await names({ filters: { created_at: ['2020-01-01T00:00:00Z'] } }), []);
      await assert.rejects(names({ filters: { colour: ['red'] } }), { code: 'InvalidFilter' });
      await assert.rejects(names({ filters: { shared: ['maybe'] } }), { code: 'InvalidFilter' });
      await assert.rejects(names({ filters: { mtu: ['many'] } }), { code: 'InvalidFilter' });
      const all = await topic.networks.list(ctx, { sort_keys: ['created_at'] });
      const marker = all.objects[1]!.id;
      const next = await topic.networks.list(ctx, { sort_keys: ['created_at'], marker, limit: 5 });
      assert.deepEqual(
        next.objects.map((each) => each.id),
        [all.objects[2]!.id],
      );
      await assert.rejects(topic.networks.list(member('other'), { marker }), { code: 'NetworkNotFound' });
    });
  });

  describe('subnets', () => {
    it('get a gateway and pools, and appear on their network', async () => {
      const ctx = member('s1');
      const { id } = await network(ctx);
      const made = await subnet(ctx, { network_id: id, cidr: '10.9.0.0/24', ip_version: 4, name: 's' });
      assert.deepEqual(
        [made.cidr, made.gateway_ip, made.allocation_pools, made.enable_dhcp, made.ip_version],
        ['10.9.0.0/24', '10.9.0.1', [{ start: '10.9.0.2', end: '10.9.0.254' }], true, 4],
      );
      const parent = await topic.networks.get(ctx, id);
      assert.deepEqual([parent.subnets, parent.revision_number], [[made.id], 2]);
      const found = await topic.subnets.list(ctx, { filters: { cidr: ['10.9.0.0/24'], gateway_ip: ['10.9.0.1'] } });
      assert.deepEqual(found.objects, [made]);
      const changes = {
        gateway_ip: null,
        dns_nameservers: ['9.9.9.9'],
        allocation_pools: [{ start: '10.9.0.1', end: '10.9.0.9' }],
      };
      const changed = await topic.subnets.update(ctx, { id: made.id }, changes);
      assert.deepEqual([changed.gateway_ip, changed.dns_nameservers, changed.revision_number], [null, ['9.9.9.9'], 2]);
      await assert.rejects(topic.subnets.update(ctx, { id: made.id }, { gateway_ip: '10.9.0.5' }), {
        code: 'GatewayConflictWithAllocationPools',
        message: 'Gateway ip 10.9.0.5 conflicts with allocation pool 10.9.0.1-10.9.0.9.',
      });
      await assert.rejects(
        topic.subnets.update(ctx, { id: made.id }, { cidr: '10.0.0.0/8' }),
        /read-only attribute cidr/,
      );
    });

    it('need an MTU that is enough for them, before and after', async () => {
      const ctx = member('mtu');
      const small = await network(ctx, { mtu: 1000 });
      const made = { network_id: small.id, cidr: '2001:db8::/64' };
      await assert.rejects(subnet(ctx, made), {
        code: 'NetworkMTUSubnetConflict',
        message: `MTU of ${small.id} is not valid, subnet requires a minimum of 1280`,
      });
      await topic.networks.update(ctx, { id: small.id }, { mtu: 1280 });
      await subnet(ctx, made);
      const shrink = (mtu: number) => topic.networks.update(ctx, { id: small.id }, { mtu });
      await assert.rejects(shrink(1279), /minimum of 1280/);
      await assert.rejects(shrink(60), /minimum of 68/);
      assert.equal((await shrink(0)).mtu, 1450);
    });

    it('of one network do not overlap', async () => {
      const ctx = member('s2');
      const { id } = await network(ctx);
      await subnet(ctx, { network_id: id, cidr: '10.0.0.0/24' });
      await assert.rejects(subnet(ctx, { network_id: id, cidr: '10.0.0.0/16' }), {
        code: 'InvalidInput',
        message: `Invalid input for operation: Requested subnet with cidr: 10.0.0.0/16 for network: ${id} overlaps with another subnet.`,
      });
      const bulk = [
        { network_id: id, cidr: '10.1.0.0/24' },
        { network_id: id, cidr: '10.1.0.0/25' },
      ];
      await assert.rejects(topic.subnets.create(ctx, bulk), { code: 'InvalidInput' });
      assert.equal((await topic.networks.get(ctx, id)).subnets.length, 1);
    });

    it('need a network that the caller owns', async () => {
      const shared = await network(admin, { shared: true });
      await assert.rejects(subnet(member('s3'), { network_id: 'nope', cidr: '10.0.0.0/24' }), {
        code: 'NetworkNotFound',
      });
      await assert.rejects(subnet(member('s3'), { cidr: '10.0.0.0/24' }), { code: 'NetworkBadRequest' });
      await assert.rejects(subnet(member('s3'), { network_id: shared.id, cidr: '10.0.0.0/24' }), {
        code: 'PolicyNotAuthorized',
      });
      const made = await subnet(admin, { network_id: shared.id, cidr: '10.0.0.0/24' });
      assert.equal((await topic.subnets.get(member('s3'), made.id)).id, made.id);
      await assert.rejects(topic.subnets.delete(member('s3'), { id: made.id }), { code: 'PolicyNotAuthorized' });
      await topic.networks.delete(admin, { id: shared.id });
      await assert.rejects(topic.subnets.get(admin, made.id), { code: 'SubnetNotFound' });
    });

    it('are not deleted while ports have their addresses', async () => {
      const ctx = member('s4');
      const { id } = await network(ctx);
      const made = await subnet(ctx, { network_id: id, cidr: '10.0.0.0/24' });
      const used = await port(ctx, { network_id: id });
      await assert.rejects(topic.subnets.delete(ctx, { id: made.id }), {
        code: 'SubnetInUse',
        message: `Unable to complete operation on subnet ${made.id}: One or more ports have an IP allocation from this subnet.`,
      });
      await assert.rejects(topic.networks.delete(ctx, { id }), { code: 'NetworkInUse' });
      await topic.ports.delete(ctx, { id: used.id });
      await topic.subnets.delete(ctx, { id: made.id });
      await topic.networks.delete(ctx, { id });
    });
  });

  describe('ports', () => {
    it('get one address of each IP version and a MAC under base_mac', async () => {
      const ctx = member('o1');
      const { id } = await network(ctx);
      const v4 = await subnet(ctx, { network_id: id, cidr: '10.0.0.0/29' });
      const v6 = await subnet(ctx, { network_id: id, cidr: '2001:db8::/64' });
      const made = await port(ctx, { network_id: id, name: 'p' });
      assert.match(made.mac_address, /^fa:16:3e:/);
      assert.deepEqual(
        made.fixed_ips.map((fixedIp) => fixedIp.subnet_id),
        [v4.id, v6.id],
      );
      assert.deepEqual([made.status, made.binding_vif_type, made.device_owner], ['DOWN', 'unbound', '']);
      assert.deepEqual((await port(ctx, { network_id: id, fixed_ips: [] })).fixed_ips, []);
      const found = async (filters: object) =>
        (await topic.ports.list(ctx, { filters: { ...filters } })).objects.length;
      assert.equal(await found({ fixed_ip_address: [made.fixed_ips[0]!.ip_address, '10.0.0.250'] }), 1);
      assert.equal(await found({ fixed_ip_address: ['nonsense'] }), 0);
      assert.equal(await found({ fixed_ip_subnet_id: [v4.id] }), 1);
      assert.equal(await found({ mac_address: [made.mac_address.toUpperCase()] }), 1);
      assert.equal(await found({ device_id: [''], network_id: [id] }), 2);
    });

    it('compute their IPv6 address where hosts do', async () => {
      const ctx = member('o2');
      const { id } = await network(ctx);
      const early = await port(ctx, { network_id: id, mac_address: 'fa:16:3e:00:00:01' });
      assert.deepEqual(early.fixed_ips, []);
      const auto = { network_id: id, cidr: '2001:db8:1::/64', ipv6_ra_mode: 'slaac', ipv6_address_mode: 'slaac' };
      const made = await subnet(ctx, auto);
      const address = '2001:db8:1:0:f816:3eff:fe00:1';
      assert.deepEqual((await topic.ports.get(ctx, early.id)).fixed_ips, [{ subnet_id: made.id, ip_address: address }]);
      const explicit = { network_id: id, fixed_ips: [{ subnet_id: made.id, ip_address: '2001:db8:1::5' }] };
      await assert.rejects(port(ctx, explicit), /configured for automatic addresses/);
      const renewed = await topic.ports.update(admin, { id: early.id }, { mac_address: 'FA-16-3E-00-00-02' });
      assert.equal(renewed.fixed_ips[0]?.ip_address, '2001:db8:1:0:f816:3eff:fe00:2');
      await topic.subnets.delete(ctx, { id: made.id });
      assert.deepEqual((await topic.ports.get(ctx, early.id)).fixed_ips, []);
    });

    it('use up a small IPv6 pool, several pools and several subnets', async () => {
      const ctx = member('o8');
      const { id } = await network(ctx);
      const pool = (start: string, end: string) => ({ start: `2001:db8::${start}`, end: `2001:db8::${end}` });
      const pools = [pool('10', '11'), pool('20', '20')];
      const first = await subnet(ctx, { network_id: id, cidr: '2001:db8::/64', allocation_pools: pools });
      await subnet(ctx, { network_id: id, cidr: '2001:db8:1::/126' });
      const all = Array.from({ length: 6 }, () => ({ network_id: id }));
      const addresses = (await topic.ports.create(ctx, all)).map((each) => each.fixed_ips[0]!.ip_address);
      assert.deepEqual(addresses.toSorted(), [
        '2001:db8:1::1',
        '2001:db8:1::2',
        '2001:db8:1::3',
        '2001:db8::10',
        '2001:db8::11',
        '2001:db8::20',
      ]);
      await assert.rejects(port(ctx, { network_id: id }), { code: 'IpAddressGenerationFailure' });
      await assert.rejects(port(ctx, { network_id: id, fixed_ips: [{ subnet_id: first.id }] }), {
        message: `No more IP addresses available for subnet ${first.id}.`,
      });
    });

    it("have the first address of an IPv6 subnet where they are a router's or nobody's", async () => {
      const ctx = member('o9');
      const { id } = await network(ctx);
      const made = await subnet(ctx, { network_id: id, cidr: '2001:db8::/64' });
      assert.equal(made.gateway_ip, '2001:db8::');
      const first = { network_id: id, fixed_ips: [{ ip_address: '2001:db8::' }] };
      await assert.rejects(port(ctx, { ...first, device_owner: 'compute:nova' }), { code: 'InvalidIpForNetwork' });
      const plain = await port(ctx, first);
      assert.equal(plain.fixed_ips[0]?.ip_address, '2001:db8::');
    });

    it('take the addresses asked for, or say why not', async () => {
      const ctx = member('o3');
      const { id } = await network(ctx);
      const made = await subnet(ctx, { network_id: id, cidr: '10.0.0.0/24' });
      const ask = (...fixedIps: object[]) => port(ctx, { network_id: id, fixed_ips: fixedIps });
      assert.equal((await ask({ ip_address: '10.0.0.7' })).fixed_ips[0]?.subnet_id, made.id);
      await assert.rejects(ask({ ip_address: '10.0.0.7' }), {
        code: 'IpAddressAlreadyAllocated',
        message: `IP address 10.0.0.7 already allocated in subnet ${made.id}`,
      });
      await assert.rejects(ask({ ip_address: '10.0.1.7' }), { code: 'InvalidIpForNetwork' });
      await assert.rejects(ask({ ip_address: '10.0.0.255' }), { code: 'InvalidIpForNetwork' });
      await assert.rejects(ask({ subnet_id: 'nope' }), { code: 'SubnetNotFound' });
      const foreign = await subnet(member('o9'), { network_id: (await network(member('o9'))).id, cidr: '10.1.0.0/24' });
      await assert.rejects(ask({ subnet_id: foreign.id }), { code: 'SubnetNotFound' });
      const own = await subnet(ctx, { network_id: (await network(ctx)).id, cidr: '10.1.0.0/24' });
      await assert.rejects(ask({ subnet_id: own.id }), /fixed_ips included invalid subnet/);
      await assert.rejects(ask({}), /requires subnet_id or ip_address/);
      await assert.rejects(ask({ ip_address: 'x' }), { code: 'InvalidInput' });
      assert.equal((await ask({ subnet_id: made.id }, { subnet_id: made.id })).fixed_ips.length, 2);
    });

    it('change their addresses only as far as needed', async () => {
      const ctx = member('o4');
      const { id } = await network(ctx);
      const made = await subnet(ctx, { network_id: id, cidr: '10.0.0.0/24' });
      const first = await port(ctx, { network_id: id, fixed_ips: [{ ip_address: '10.0.0.7' }] });
      const change = async (...fixedIps: object[]) =>
        (await topic.ports.update(ctx, { id: first.id }, { fixed_ips: fixedIps })).fixed_ips.map(
          (each) => each.ip_address,
        );
      assert.deepEqual(await change({ subnet_id: made.id }), ['10.0.0.7']);
      assert.deepEqual(await change({ subnet_id: made.id }, { ip_address: '10.0.0.8' }), ['10.0.0.7', '10.0.0.8']);
      assert.deepEqual(await change({ ip_address: '10.0.0.8' }), ['10.0.0.8']);
      assert.deepEqual(await change(), []);
      assert.deepEqual(await change({ ip_address: '10.0.0.7' }), ['10.0.0.7']);
      assert.equal((await topic.ports.get(ctx, first.id)).revision_number, 6);
    });

    it('have one MAC each on a network', async () => {
      const ctx = member('o5');
      const { id } = await network(ctx);
      const mac = { network_id: id, mac_address: 'fa:16:3e:aa:bb:cc' };
      await port(ctx, mac);
      await assert.rejects(port(ctx, mac), {
        code: 'MacAddressInUse',
        message: `Unable to complete operation for network ${id}. The mac address fa:16:3e:aa:bb:cc is in use.`,
      });
      const other = await port(ctx, { network_id: id });
      const change = [{ id: other.id }, { mac_address: mac.mac_address }] as const;
      await assert.rejects(topic.ports.update(ctx, ...change), { code: 'PolicyNotAuthorized' });
      await assert.rejects(topic.ports.update(admin, ...change), { code: 'MacAddressInUse' });
      await topic.ports.update(admin, { id: other.id }, { binding_host_id: 'h' });
      await assert.rejects(topic.ports.update(admin, { id: other.id }, { mac_address: 'fa:16:3e:aa:bb:cd' }), {
        code: 'PortBound',
      });
      await assert.rejects(port(ctx, { network_id: id, mac_address: 'x' }), { code: 'InvalidInput' });
    });

    it('of others are not there, and foreign networks cannot be used', async () => {
      const ctx = member('o6');
      const { id } = await network(ctx);
      const made = await port(ctx, { network_id: id });
      await assert.rejects(topic.ports.get(member('x'), made.id), { code: 'PortNotFound' });
      await assert.rejects(port(member('x'), { network_id: id }), { code: 'NetworkNotFound' });
      const below = (networkId: string) => subnet(member('x'), { network_id: networkId, cidr: '10.0.0.0/24' });
      await assert.rejects(below(id), { code: 'PolicyNotAuthorized' });
      await assert.rejects(below(randomUUID()), { code: 'NetworkNotFound' });
      await assert.rejects(port(ctx, { network_id: id, binding_host_id: 'h' }), { code: 'PolicyNotAuthorized' });
      await assert.rejects(topic.ports.update(ctx, { id: made.id }, { network_id: id }), /read-only/);
      const pairs = { allowed_address_pairs: [{ ip_address: '10.0.0.0/8', mac_address: 'FA:16:3E:00:00:09' }] };
      const paired = await topic.ports.update(ctx, { id: made.id }, pairs);
      assert.equal(paired.allowed_address_pairs[0]?.mac_address, 'fa:16:3e:00:00:09');
      await assert.rejects(topic.ports.update(ctx, { id: made.id }, { port_security_enabled: false }), {
        code: 'AddressPairAndPortSecurityRequired',
      });
    });

    it('are created in bulk, all or none', async () => {
      const ctx = member('o7');
      const { id } = await network(ctx);
      await subnet(ctx, { network_id: id, cidr: '10.0.0.0/29' });
      const many = (count: number) => Array.from({ length: count }, () => ({ network_id: id }));
      await assert.rejects(topic.ports.create(ctx, many(6)), { code: 'IpAddressGenerationFailure' });
      assert.equal((await topic.ports.create(ctx, many(5))).length, 5);
      const addresses = (await topic.ports.list(ctx, {})).objects.flatMap((each) =>
        each.fixed_ips.map((fixedIp) => fixedIp.ip_address),
      );
      assert.deepEqual(addresses.toSorted(), ['10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5', '10.0.0.6']);
    });
  });
});
