import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import type { NetworkSegmentData } from '#libs/contracts';
import { createContext } from '#libs/telemetry';
import { Authorizer } from '../../policy/authorizer.js';
import type { Store } from '../../store/index.js';
import { openMemoryStore } from '../../testing/memory-store.js';
import { createNetworkManagers } from '../create-network-managers.js';
import type { NetworkManagers } from '../create-network-managers.js';
import { defaultNetworkSettings } from '../network-settings.js';
import { SegmentManager } from './segment-manager.js';

const admin = createContext({ user_id: 'a', project_id: 'p0', roles: ['admin', 'member', 'reader'], is_admin: true });
const member = createContext({ user_id: 'u', project_id: 'p1', roles: ['member', 'reader'] });

describe('segments of networks', () => {
  let store: Store;
  let all: NetworkManagers;
  let segments: SegmentManager;
  before(async () => {
    store = await openMemoryStore();
    all = createNetworkManagers(store, new Authorizer(), defaultNetworkSettings);
    segments = all.resources.get(SegmentManager);
  });
  after(() => store.close());

  const made = <T>([one]: readonly T[]): T => {
    assert.ok(one !== undefined);
    return one;
  };
  const segmentsOf = async (networkId: string): Promise<readonly NetworkSegmentData[]> => {
    const page = await segments.list(admin, { filters: { network_id: [networkId] }, sort_keys: ['segmentation_id'] });
    return page.objects;
  };
  const newNetwork = async (input = {}): Promise<string> => made(await all.networks.create(admin, [input])).id;
  const vlan = (physical: string, id: number): object => ({
    'provider:network_type': 'vlan',
    'provider:physical_network': physical,
    'provider:segmentation_id': id,
  });
  /** A network of two segments with a subnet on each, 10.N.1.0/24 and 10.N.2.0/24. */
  const routed = async (n: number): Promise<{ id: string; subnets: readonly string[]; on: readonly string[] }> => {
    const id = await newNetwork({ segments: [vlan(`a${n}`, 1), vlan(`b${n}`, 2)] });
    const on = (await segmentsOf(id)).map((segment) => segment.id);
    const subnets: string[] = [];
    for (const [index, segment_id] of on.entries()) {
      const cidr = `10.${n}.${index + 1}.0/24`;
      subnets.push(made(await all.subnets.create(admin, [{ network_id: id, ip_version: 4, cidr, segment_id }])).id);
    }
    return { id, subnets, on };
  };

  it('every network has one, which is for administrators', async () => {
    const network = made(await all.networks.create(member, [{ name: 'n' }]));
    const segment = made(await segmentsOf(network.id));
    assert.deepEqual(
      [segment.network_type, segment.segmentation_id, segment.name, segment.description],
      ['vxlan', network.provider_segmentation_id, null, ''],
    );
    assert.equal(network.segments ?? null, null);
    assert.equal(network.l2_adjacency, true);
    assert.deepEqual((await segments.list(member, {})).objects, []);
    await assert.rejects(segments.create(member, [{ network_id: network.id, network_type: 'vxlan' }]), {
      code: 'PolicyNotAuthorized',
    });
    const named = await segments.update(admin, { id: segment.id }, { name: 's', description: 'd' });
    assert.deepEqual([named.name, named.description, named.revision_number], ['s', 'd', 2]);
  });

  it('a network of several tells them in place of the provider attributes', async () => {
    const id = await newNetwork({ segments: [vlan('p1', 10), { 'provider:network_type': 'vxlan' }] });
    const network = await all.networks.get(admin, id);
    assert.equal(network.provider_network_type, null);
    assert.deepEqual(
      network.segments?.map((segment) => segment['provider:network_type']),
      ['vlan', 'vxlan'],
    );
    assert.equal(network.mtu, 1450);
    const { objects } = await all.networks.list(admin, { filters: { provider_segmentation_id: ['10'] } });
    assert.deepEqual(
      objects.map((one) => one.id),
      [id],
    );
    const [first, second] = await segmentsOf(id);
    await segments.delete(admin, { id: second?.id ?? '' });
    const left = await all.networks.get(admin, id);
    assert.deepEqual([left.provider_network_type, left.segments ?? null], ['vlan', null]);
    await segments.delete(admin, { id: first?.id ?? '' });
    assert.equal((await all.networks.get(admin, id)).provider_network_type, null);
    await all.networks.delete(admin, { id });
  });

  it('one place is of one segment', async () => {
    const network_id = await newNetwork();
    const place = { network_id, network_type: 'vlan', physical_network: 'p2', segmentation_id: 7 };
    await segments.create(admin, [place]);
    await assert.rejects(segments.create(admin, [place]), { code: 'SegmentationIdInUse' });
    const { id } = made(await segments.create(admin, [{ network_id, network_type: 'flat', physical_network: 'p3' }]));
    await assert.rejects(newNetwork({ provider_network_type: 'flat', provider_physical_network: 'p3' }), {
      code: 'FlatNetworkInUse',
    });
    await assert.rejects(
      newNetwork({
        provider_network_type: 'vlan',
        provider_physical_network: 'p2',
        provider_segmentation_id: 7,
      }),
      { code: 'SegmentationIdInUse' },
    );
    await segments.delete(admin, { id });
    await newNetwork({ provider_network_type: 'flat', provider_physical_network: 'p3' });
    const twice = { segments: [vlan('p4', 1), vlan('p4', 1)] };
    await assert.rejects(newNetwork(twice), { code: 'SegmentsContainDuplicateEntry' });
    const both = { provider_network_type: 'vxlan', segments: [vlan('p4', 1)] };
    await assert.rejects(newNetwork(both), { code: 'SegmentsSetInConjunctionWithProviders' });
    const unknown = { network_id: randomUUID(), network_type: 'vxlan' };
    await assert.rejects(segments.create(admin, [unknown]), { code: 'NetworkNotFound' });
    await assert.rejects(segments.create(admin, [{ network_id, network_type: 'x' }]), { code: 'InvalidInput' });
  });

  it('all subnets of a network are on segments, or none is', async () => {
    const { id, on } = await routed(40);
    assert.equal((await all.networks.get(admin, id)).l2_adjacency, false);
    const subnet = { network_id: id, ip_version: 4 as const, cidr: '10.40.9.0/24' };
    await assert.rejects(all.subnets.create(admin, [subnet]), { code: 'SubnetsNotAllAssociatedWithSegments' });
    await assert.rejects(all.subnets.create(admin, [{ ...subnet, segment_id: randomUUID() }]), {
      code: 'SegmentNotFound',
    });
    const other = made(await segmentsOf(await newNetwork()));
    await assert.rejects(all.subnets.create(admin, [{ ...subnet, segment_id: other.id }]), {
      code: 'NetworkIdsDontMatch',
    });
    await assert.rejects(segments.delete(admin, { id: on[0] ?? '' }), { code: 'SegmentInUse' });
    await all.networks.delete(admin, { id });
  });

  it('a subnet comes to a segment later only on a network of one', async () => {
    const network_id = await newNetwork();
    const { id } = made(await all.subnets.create(admin, [{ network_id, ip_version: 4, cidr: '10.41.1.0/24' }]));
    const segment_id = made(await segmentsOf(network_id)).id;
    assert.equal((await all.subnets.update(admin, { id }, { segment_id })).segment_id, segment_id);
    await assert.rejects(all.subnets.update(admin, { id }, { segment_id: null }), {
      code: 'SubnetSegmentAssociationChangeNotAllowed',
    });
  });

  it('a port of a routed network gets its addresses when it comes to a host, of one segment', async () => {
    const { id, subnets } = await routed(42);
    const port = made(await all.ports.create(admin, [{ network_id: id }]));
    assert.deepEqual([port.fixed_ips, port.ip_allocation], [[], 'deferred']);
    const bound = await all.ports.update(admin, { id: port.id }, { binding_host_id: 'h1' });
    assert.deepEqual(
      bound.fixed_ips.map(({ subnet_id: on }) => on),
      [subnets[0]],
    );
    const both = { network_id: id, fixed_ips: subnets.map((subnet_id) => ({ subnet_id })) };
    await assert.rejects(all.ports.create(admin, [both]), { code: 'FixedIpsSubnetsNotOnSameSegment' });
  });

  it('a host whose agents tell physical networks reaches the segments on them', async () => {
    const { id, subnets } = await routed(43);
    const agent = (host: string, network: string): Promise<unknown> =>
      sql`insert into agents (id, agent_type, "binary", topic, host, configurations, down_time)
        values (${randomUUID()}, 'Open vSwitch agent', 'x', 'N/A', ${host},
          ${JSON.stringify({ bridge_mappings: { [network]: 'br' } })}, 60)`.execute(store.db);
    await agent('on-b', 'b43');
    await agent('on-none', 'c43');
    const port = made(await all.ports.create(admin, [{ network_id: id, binding_host_id: 'on-b' }]));
    assert.equal(port.fixed_ips[0]?.subnet_id, subnets[1]);
    await assert.rejects(all.ports.create(admin, [{ network_id: id, binding_host_id: 'on-none' }]), {
      code: 'HostNotConnectedToAnySegment',
    });
    const first = { network_id: id, fixed_ips: [{ subnet_id: subnets[0] ?? '' }] };
    const free = made(await all.ports.create(admin, [first]));
    await assert.rejects(all.ports.update(admin, { id: free.id }, { binding_host_id: 'on-b' }), {
      code: 'HostNotCompatibleWithFixedIps',
    });
  });
});
