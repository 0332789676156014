import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { admin, member, openNetworkTopic } from '../testing/network-topic.js';
import type { NetworkTopic } from '../testing/network-topic.js';

describe('the topic network', () => {
  let opened: NetworkTopic;
  before(async () => {
    opened = await openNetworkTopic();
  });
  after(() => opened.store.close());

  describe('ports', () => {
    it('get one address of each IP version and a MAC under base_mac', async () => {
      const ctx = member('o1');
      const { id } = await opened.network(ctx);
      const v4 = await opened.subnet(ctx, { network_id: id, cidr: '10.0.0.0/29' });
      const v6 = await opened.subnet(ctx, { network_id: id, cidr: '2001:db8::/64' });
      const made = await opened.port(ctx, { network_id: id, name: 'p' });
      assert.match(made.mac_address, /^fa:16:3e:/);
      assert.deepEqual(
        made.fixed_ips.map((fixedIp) => fixedIp.subnet_id),
        [v4.id, v6.id],
      );
      assert.deepEqual([made.status, made.binding_vif_type, made.device_owner], ['DOWN', 'unbound', '']);
      assert.deepEqual((await opened.port(ctx, { network_id: id, fixed_ips: [] })).fixed_ips, []);
      const found = async (filters: object) =>
        (await opened.topic.ports.list(ctx, { filters: { ...filters } })).objects.length;
      assert.equal(await found({ fixed_ip_address: [made.fixed_ips[0]!.ip_address, '10.0.0.250'] }), 1);
      assert.equal(await found({ fixed_ip_address: ['nonsense'] }), 0);
      assert.equal(await found({ fixed_ip_subnet_id: [v4.id] }), 1);
      assert.equal(await found({ mac_address: [made.mac_address.toUpperCase()] }), 1);
      assert.equal(await found({ device_id: [''], network_id: [id] }), 2);
    });

    it('compute their IPv6 address where hosts do', async () => {
      const ctx = member('o2');
      const { id } = await opened.network(ctx);
      const early = await opened.port(ctx, { network_id: id, mac_address: 'fa:16:3e:00:00:01' });
      assert.deepEqual(early.fixed_ips, []);
      const auto = { network_id: id, cidr: '2001:db8:1::/64', ipv6_ra_mode: 'slaac', ipv6_address_mode: 'slaac' };
      const made = await opened.subnet(ctx, auto);
      const address = '2001:db8:1:0:f816:3eff:fe00:1';
      assert.deepEqual((await opened.topic.ports.get(ctx, early.id)).fixed_ips, [
        { subnet_id: made.id, ip_address: address },
      ]);
      const explicit = { network_id: id, fixed_ips: [{ subnet_id: made.id, ip_address: '2001:db8:1::5' }] };
      await assert.rejects(opened.port(ctx, explicit), /configured for automatic addresses/);
      const renewed = await opened.topic.ports.update(admin, { id: early.id }, { mac_address: 'FA-16-3E-00-00-02' });
      assert.equal(renewed.fixed_ips[0]?.ip_address, '2001:db8:1:0:f816:3eff:fe00:2');
      await opened.topic.subnets.delete(ctx, { id: made.id });
      assert.deepEqual((await opened.topic.ports.get(ctx, early.id)).fixed_ips, []);
    });

    it('use up a small IPv6 pool, several pools and several subnets', async () => {
      const ctx = member('o8');
      const { id } = await opened.network(ctx);
      const pool = (start: string, end: string) => ({ start: `2001:db8::${start}`, end: `2001:db8::${end}` });
      const pools = [pool('10', '11'), pool('20', '20')];
      const first = await opened.subnet(ctx, { network_id: id, cidr: '2001:db8::/64', allocation_pools: pools });
      await opened.subnet(ctx, { network_id: id, cidr: '2001:db8:1::/126' });
      const all = Array.from({ length: 6 }, () => ({ network_id: id }));
      const addresses = (await opened.topic.ports.create(ctx, all)).map((each) => each.fixed_ips[0]!.ip_address);
      assert.deepEqual(addresses.toSorted(), [
        '2001:db8:1::1',
        '2001:db8:1::2',
        '2001:db8:1::3',
        '2001:db8::10',
        '2001:db8::11',
        '2001:db8::20',
      ]);
      await assert.rejects(opened.port(ctx, { network_id: id }), { code: 'IpAddressGenerationFailure' });
      await assert.rejects(opened.port(ctx, { network_id: id, fixed_ips: [{ subnet_id: first.id }] }), {
        message: `No more IP addresses available for subnet ${first.id}.`,
      });
    });

    it("have the first address of an IPv6 subnet where they are a router's or nobody's", async () => {
      const ctx = member('o9');
      const { id } = await opened.network(ctx);
      const made = await opened.subnet(ctx, { network_id: id, cidr: '2001:db8::/64' });
      assert.equal(made.gateway_ip, '2001:db8::');
      const first = { network_id: id, fixed_ips: [{ ip_address: '2001:db8::' }] };
      await assert.rejects(opened.port(ctx, { ...first, device_owner: 'compute:nova' }), {
        code: 'InvalidIpForNetwork',
      });
      const plain = await opened.port(ctx, first);
      assert.equal(plain.fixed_ips[0]?.ip_address, '2001:db8::');
    });

    it('take the addresses asked for, or say why not', async () => {
      const ctx = member('o3');
      const { id } = await opened.network(ctx);
      const made = await opened.subnet(ctx, { network_id: id, cidr: '10.0.0.0/24' });
      const ask = (...fixedIps: object[]) => opened.port(ctx, { network_id: id, fixed_ips: fixedIps });
      assert.equal((await ask({ ip_address: '10.0.0.7' })).fixed_ips[0]?.subnet_id, made.id);
      await assert.rejects(ask({ ip_address: '10.0.0.7' }), {
        code: 'IpAddressAlreadyAllocated',
        message: `IP address 10.0.0.7 already allocated in subnet ${made.id}`,
      });
      await assert.rejects(ask({ ip_address: '10.0.1.7' }), { code: 'InvalidIpForNetwork' });
      await assert.rejects(ask({ ip_address: '10.0.0.255' }), { code: 'InvalidIpForNetwork' });
      await assert.rejects(ask({ subnet_id: 'nope' }), { code: 'SubnetNotFound' });
      const foreign = await opened.subnet(member('o9'), {
        network_id: (await opened.network(member('o9'))).id,
        cidr: '10.1.0.0/24',
      });
      await assert.rejects(ask({ subnet_id: foreign.id }), { code: 'SubnetNotFound' });
      const own = await opened.subnet(ctx, { network_id: (await opened.network(ctx)).id, cidr: '10.1.0.0/24' });
      await assert.rejects(ask({ subnet_id: own.id }), /fixed_ips included invalid subnet/);
      await assert.rejects(ask({}), /requires subnet_id or ip_address/);
      await assert.rejects(ask({ ip_address: 'x' }), { code: 'InvalidInput' });
      assert.equal((await ask({ subnet_id: made.id }, { subnet_id: made.id })).fixed_ips.length, 2);
    });

    it('change their addresses only as far as needed', async () => {
      const ctx = member('o4');
      const { id } = await opened.network(ctx);
      const made = await opened.subnet(ctx, { network_id: id, cidr: '10.0.0.0/24' });
      const first = await opened.port(ctx, { network_id: id, fixed_ips: [{ ip_address: '10.0.0.7' }] });
      const change = async (...fixedIps: object[]) =>
        (await opened.topic.ports.update(ctx, { id: first.id }, { fixed_ips: fixedIps })).fixed_ips.map(
          (each) => each.ip_address,
        );
      assert.deepEqual(await change({ subnet_id: made.id }), ['10.0.0.7']);
      assert.deepEqual(await change({ subnet_id: made.id }, { ip_address: '10.0.0.8' }), ['10.0.0.7', '10.0.0.8']);
      assert.deepEqual(await change({ ip_address: '10.0.0.8' }), ['10.0.0.8']);
      assert.deepEqual(await change(), []);
      assert.deepEqual(await change({ ip_address: '10.0.0.7' }), ['10.0.0.7']);
      assert.equal((await opened.topic.ports.get(ctx, first.id)).revision_number, 6);
    });

    it('have one MAC each on a network', async () => {
      const ctx = member('o5');
      const { id } = await opened.network(ctx);
      const mac = { network_id: id, mac_address: 'fa:16:3e:aa:bb:cc' };
      await opened.port(ctx, mac);
      await assert.rejects(opened.port(ctx, mac), {
        code: 'MacAddressInUse',
        message: `Unable to complete operation for network ${id}. The mac address fa:16:3e:aa:bb:cc is in use.`,
      });
      const other = await opened.port(ctx, { network_id: id });
      const change = [{ id: other.id }, { mac_address: mac.mac_address }] as const;
      await assert.rejects(opened.topic.ports.update(ctx, ...change), { code: 'PolicyNotAuthorized' });
      await assert.rejects(opened.topic.ports.update(admin, ...change), { code: 'MacAddressInUse' });
      await opened.topic.ports.update(admin, { id: other.id }, { binding_host_id: 'h' });
      await assert.rejects(opened.topic.ports.update(admin, { id: other.id }, { mac_address: 'fa:16:3e:aa:bb:cd' }), {
        code: 'PortBound',
      });
      await assert.rejects(opened.port(ctx, { network_id: id, mac_address: 'x' }), { code: 'InvalidInput' });
    });

    it('of others are not there, and foreign networks cannot be used', async () => {
      const ctx = member('o6');
      const { id } = await opened.network(ctx);
      const made = await opened.port(ctx, { network_id: id });
      await assert.rejects(opened.topic.ports.get(member('x'), made.id), { code: 'PortNotFound' });
      await assert.rejects(opened.port(member('x'), { network_id: id }), { code: 'NetworkNotFound' });
      const below = (networkId: string) => opened.subnet(member('x'), { network_id: networkId, cidr: '10.0.0.0/24' });
      await assert.rejects(below(id), { code: 'PolicyNotAuthorized' });
      await assert.rejects(below(randomUUID()), { code: 'NetworkNotFound' });
      await assert.rejects(opened.port(ctx, { network_id: id, binding_host_id: 'h' }), { code: 'PolicyNotAuthorized' });
      await assert.rejects(opened.topic.ports.update(ctx, { id: made.id }, { network_id: id }), /read-only/);
      const pairs = { allowed_address_pairs: [{ ip_address: '10.0.0.0/8', mac_address: 'FA:16:3E:00:00:09' }] };
      const paired = await opened.topic.ports.update(ctx, { id: made.id }, pairs);
      assert.equal(paired.allowed_address_pairs[0]?.mac_address, 'fa:16:3e:00:00:09');
      await assert.rejects(opened.topic.ports.update(ctx, { id: made.id }, { port_security_enabled: false }), {
        code: 'AddressPairAndPortSecurityRequired',
      });
    });

    it('are created in bulk, all or none', async () => {
      const ctx = member('o7');
      const { id } = await opened.network(ctx);
      await opened.subnet(ctx, { network_id: id, cidr: '10.0.0.0/29' });
      const many = (count: number) => Array.from({ length: count }, () => ({ network_id: id }));
      await assert.rejects(opened.topic.ports.create(ctx, many(6)), { code: 'IpAddressGenerationFailure' });
      assert.equal((await opened.topic.ports.create(ctx, many(5))).length, 5);
      const addresses = (await opened.topic.ports.list(ctx, {})).objects.flatMap((each) =>
        each.fixed_ips.map((fixedIp) => fixedIp.ip_address),
      );
      assert.deepEqual(addresses.toSorted(), ['10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5', '10.0.0.6']);
    });
  });
});
