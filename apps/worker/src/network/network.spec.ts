import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Authorizer } from '../policy/authorizer.js';
import { createNetworkManagers } from './create-network-managers.js';
import { defaultNetworkSettings } from './network-settings.js';
import { admin, member, openNetworkTopic } from '../testing/network-topic.js';
import type { NetworkTopic } from '../testing/network-topic.js';

describe('the topic network', () => {
  let opened: NetworkTopic;
  before(async () => {
    opened = await openNetworkTopic();
  });
  after(() => opened.store.close());

  describe('networks', () => {
    it('have neutron defaults and a segment of their own', async () => {
      const ctx = member('n1');
      const first = await opened.network(ctx, { name: 'one' });
      assert.deepEqual(
        [first.mtu, first.status, first.shared, first.provider_network_type, first.revision_number, first.subnets],
        [1450, 'ACTIVE', false, 'vxlan', 1, []],
      );
      const second = await opened.network(ctx);
      assert.notEqual(first.provider_segmentation_id, second.provider_segmentation_id);
      assert.match(first.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      const changed = await opened.topic.networks.update(ctx, { id: first.id, expected_revision: 1 }, { name: 'uno' });
      assert.deepEqual([changed.name, changed.revision_number, changed.mtu], ['uno', 2, 1450]);
      await assert.rejects(opened.topic.networks.update(ctx, { id: first.id, expected_revision: 1 }, { name: 'x' }), {
        code: 'RevisionNumberConstraintFailed',
        message: 'Constrained to 1, but current revision is 2',
      });
      await opened.topic.networks.delete(ctx, { id: first.id });
      await assert.rejects(opened.topic.networks.get(ctx, first.id), {
        code: 'NetworkNotFound',
        message: `Network ${first.id} could not be found.`,
      });
    });

    it('of others are not there; shared ones are read, not changed', async () => {
      const own = await opened.network(member('t1'));
      await assert.rejects(opened.topic.networks.get(member('t2'), own.id), { code: 'NetworkNotFound' });
      await assert.rejects(opened.topic.networks.delete(member('t2'), { id: own.id }), { code: 'NetworkNotFound' });
      const shared = await opened.network(admin, { shared: true, name: 'everybody' });
      assert.equal((await opened.topic.networks.get(member('t2'), shared.id)).name, 'everybody');
      const change = [{ id: shared.id }, { name: 'mine' }] as const;
      await assert.rejects(opened.topic.networks.update(member('t2'), ...change), { code: 'PolicyNotAuthorized' });
      const seen = (await opened.topic.networks.list(member('t2'), {})).objects.map((each) => each.id);
      assert.deepEqual(seen, [shared.id]);
      assert.equal((await opened.topic.networks.get(admin, own.id)).id, own.id);
      await opened.port(member('t2'), { network_id: shared.id });
      await assert.rejects(opened.topic.networks.update(admin, { id: shared.id }, { shared: false }), {
        code: 'InvalidSharedSetting',
      });
      await opened.topic.ports.delete(member('t2'), {
        id: (await opened.topic.ports.list(member('t2'), {})).objects[0]!.id,
      });
      await opened.topic.networks.delete(admin, { id: shared.id });
    });

    it('keep provider attributes and sharing for administrators', async () => {
      await assert.rejects(opened.network(member('p'), { shared: true }), { code: 'PolicyNotAuthorized' });
      await assert.rejects(opened.network(member('p'), { provider_network_type: 'vxlan' }), {
        code: 'PolicyNotAuthorized',
      });
      await assert.rejects(opened.network(member('p'), { project_id: 'q' }), { code: 'PolicyNotAuthorized' });
      await opened.network(member('p'), { shared: false, port_security_enabled: true });
      const vlan = {
        provider_network_type: 'vlan',
        provider_physical_network: 'physnet1',
        provider_segmentation_id: 7,
        project_id: 'p',
      };
      assert.deepEqual([(await opened.network(admin, vlan)).mtu], [1500]);
      await assert.rejects(opened.network(admin, vlan), { code: 'SegmentationIdInUse' });
      await assert.rejects(opened.network(admin, { provider_segmentation_id: 7 }), /network_type required/);
      await assert.rejects(opened.network(admin, { provider_network_type: 'x' }), /'x' not supported/);
      const empty = { provider_physical_network: '', provider_segmentation_id: 0 };
      const local = await opened.network(admin, { provider_network_type: 'local', ...empty });
      assert.deepEqual([local.provider_physical_network, local.provider_segmentation_id], [null, null]);
      await assert.rejects(opened.network(admin, { mtu: 9000 }), /maximum is 1450/);
    });

    it('remember whether VLAN transparency was asked for', async () => {
      const ctx = member('vlan');
      assert.equal((await opened.network(ctx)).vlan_transparent, null);
      assert.equal((await opened.network(ctx, { vlan_transparent: true })).vlan_transparent, true);
      const found = await opened.topic.networks.list(ctx, { filters: { vlan_transparent: ['true'] } });
      assert.equal(found.objects.length, 1);
    });

    it('are created all or none, within the quota', async () => {
      const few = createNetworkManagers(opened.store, new Authorizer(), {
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
      for (const name of ['c', 'a', 'b']) await opened.network(ctx, { name });
      const names = async (args: object) =>
        (await opened.topic.networks.list(ctx, args)).objects.map((each) => each.name);
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
      const all = await opened.topic.networks.list(ctx, { sort_keys: ['created_at'] });
      const marker = all.objects[1]!.id;
      const next = await opened.topic.networks.list(ctx, { sort_keys: ['created_at'], marker, limit: 5 });
      assert.deepEqual(
        next.objects.map((each) => each.id),
        [all.objects[2]!.id],
      );
      await assert.rejects(opened.topic.networks.list(member('other'), { marker }), { code: 'NetworkNotFound' });
    });
  });

  describe('subnets', () => {
    it('get a gateway and pools, and appear on their network', async () => {
      const ctx = member('s1');
      const { id } = await opened.network(ctx);
      const made = await opened.subnet(ctx, { network_id: id, cidr: '10.9.0.0/24', ip_version: 4, name: 's' });
      assert.deepEqual(
        [made.cidr, made.gateway_ip, made.allocation_pools, made.enable_dhcp, made.ip_version],
        ['10.9.0.0/24', '10.9.0.1', [{ start: '10.9.0.2', end: '10.9.0.254' }], true, 4],
      );
      const parent = await opened.topic.networks.get(ctx, id);
      assert.deepEqual([parent.subnets, parent.revision_number], [[made.id], 2]);
      const found = await opened.topic.subnets.list(ctx, {
        filters: { cidr: ['10.9.0.0/24'], gateway_ip: ['10.9.0.1'] },
      });
      assert.deepEqual(found.objects, [made]);
      const changes = {
        gateway_ip: null,
        dns_nameservers: ['9.9.9.9'],
        allocation_pools: [{ start: '10.9.0.1', end: '10.9.0.9' }],
      };
      const changed = await opened.topic.subnets.update(ctx, { id: made.id }, changes);
      assert.deepEqual([changed.gateway_ip, changed.dns_nameservers, changed.revision_number], [null, ['9.9.9.9'], 2]);
      await assert.rejects(opened.topic.subnets.update(ctx, { id: made.id }, { gateway_ip: '10.9.0.5' }), {
        code: 'GatewayConflictWithAllocationPools',
        message: 'Gateway ip 10.9.0.5 conflicts with allocation pool 10.9.0.1-10.9.0.9.',
      });
      await assert.rejects(
        opened.topic.subnets.update(ctx, { id: made.id }, { cidr: '10.0.0.0/8' }),
        /read-only attribute cidr/,
      );
    });

    it('need an MTU that is enough for them, before and after', async () => {
      const ctx = member('mtu');
      const small = await opened.network(ctx, { mtu: 1000 });
      const made = { network_id: small.id, cidr: '2001:db8::/64' };
      await assert.rejects(opened.subnet(ctx, made), {
        code: 'NetworkMTUSubnetConflict',
        message: `MTU of ${small.id} is not valid, subnet requires a minimum of 1280`,
      });
      await opened.topic.networks.update(ctx, { id: small.id }, { mtu: 1280 });
      await opened.subnet(ctx, made);
      const shrink = (mtu: number) => opened.topic.networks.update(ctx, { id: small.id }, { mtu });
      await assert.rejects(shrink(1279), /minimum of 1280/);
      await assert.rejects(shrink(60), /minimum of 68/);
      assert.equal((await shrink(0)).mtu, 1450);
    });

    it('of one network do not overlap', async () => {
      const ctx = member('s2');
      const { id } = await opened.network(ctx);
      await opened.subnet(ctx, { network_id: id, cidr: '10.0.0.0/24' });
      await assert.rejects(opened.subnet(ctx, { network_id: id, cidr: '10.0.0.0/16' }), {
        code: 'InvalidInput',
        message: `Invalid input for operation: Requested subnet with cidr: 10.0.0.0/16 for network: ${id} overlaps with another subnet.`,
      });
      const bulk = [
        { network_id: id, cidr: '10.1.0.0/24' },
        { network_id: id, cidr: '10.1.0.0/25' },
      ];
      await assert.rejects(opened.topic.subnets.create(ctx, bulk), { code: 'InvalidInput' });
      assert.equal((await opened.topic.networks.get(ctx, id)).subnets.length, 1);
    });

    it('need a network that the caller owns', async () => {
      const shared = await opened.network(admin, { shared: true });
      await assert.rejects(opened.subnet(member('s3'), { network_id: 'nope', cidr: '10.0.0.0/24' }), {
        code: 'NetworkNotFound',
      });
      await assert.rejects(opened.subnet(member('s3'), { cidr: '10.0.0.0/24' }), { code: 'NetworkBadRequest' });
      await assert.rejects(opened.subnet(member('s3'), { network_id: shared.id, cidr: '10.0.0.0/24' }), {
        code: 'PolicyNotAuthorized',
      });
      const made = await opened.subnet(admin, { network_id: shared.id, cidr: '10.0.0.0/24' });
      assert.equal((await opened.topic.subnets.get(member('s3'), made.id)).id, made.id);
      await assert.rejects(opened.topic.subnets.delete(member('s3'), { id: made.id }), { code: 'PolicyNotAuthorized' });
      await opened.topic.networks.delete(admin, { id: shared.id });
      await assert.rejects(opened.topic.subnets.get(admin, made.id), { code: 'SubnetNotFound' });
    });

    it('are not deleted while ports have their addresses', async () => {
      const ctx = member('s4');
      const { id } = await opened.network(ctx);
      const made = await opened.subnet(ctx, { network_id: id, cidr: '10.0.0.0/24' });
      const used = await opened.port(ctx, { network_id: id });
      await assert.rejects(opened.topic.subnets.delete(ctx, { id: made.id }), {
        code: 'SubnetInUse',
        message: `Unable to complete operation on subnet ${made.id}: One or more ports have an IP allocation from this subnet.`,
      });
      await assert.rejects(opened.topic.networks.delete(ctx, { id }), { code: 'NetworkInUse' });
      await opened.topic.ports.delete(ctx, { id: used.id });
      await opened.topic.subnets.delete(ctx, { id: made.id });
      await opened.topic.networks.delete(ctx, { id });
    });
  });
});
