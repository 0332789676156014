import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { planChanges } from '../kernel/plan-changes.js';
import type { Kernel } from '../kernel/read-kernel.js';
import type { GroupRule, GuestPort, HostNetwork } from '../state/host-network.js';
import { bareNetwork } from '../testing/guest-network.js';
import { disjoint } from './address-sets.js';
import { ruleLine } from './group-rules.js';
import { hostLayout } from './host-layout.js';

const port: GuestPort = {
  id: '11111111-aaaa-4aaa-8aaa-aaaaaaaaaaaa',
  networkId: '22222222-bbbb-4bbb-8bbb-bbbbbbbbbbbb',
  deviceId: 'server',
  projectId: 'p',
  macAddress: 'fa:16:3e:00:00:01',
  adminStateUp: true,
  portSecurityEnabled: true,
  fixedIps: [{ subnet_id: 's', ip_address: '10.0.0.5' }],
  allowedAddressPairs: [],
  securityGroups: [],
  dhcpOptions: [],
  dnsName: '',
  qosPolicyId: null,
};

const empty: HostNetwork = {
  revision: 1n,
  ports: [],
  networks: [],
  groups: [],
  addressSets: [],
  routers: [],
  qos: [],
};

const state: HostNetwork = {
  ...empty,
  ports: [port],
  networks: [{ ...bareNetwork, id: port.networkId }],
};

describe('the layout of a host', () => {
  it('has no rule for a port without port security but its mark, and one for each address with it', () => {
    const open = hostLayout({ ...state, ports: [{ ...port, portSecurityEnabled: false }] }, [port.id]).rules;
    assert.doesNotMatch(open, /fa:16:3e/);
    assert.match(open, /chain from_1 \{\n {2}meta mark set 0x00010000\n {2}accept\n/);
    const guarded = hostLayout(state, [port.id]).rules;
    assert.match(guarded, /ether saddr fa:16:3e:00:00:01 ip saddr \{ 10\.0\.0\.5 \} goto pass_1/);
    // Without a group, only DHCP and neighbour discovery pass.
    assert.match(
      guarded,
      /ct mark != 0x52 accept\n {2}ct direction original ct state established ct mark set 0x52\n {2}drop\n/,
    );
  });

  it('leaves the tap of a port that is gone on no bridge', () => {
    const [tap] = hostLayout(empty, [port.id]).taps;
    assert.deepEqual([tap?.name, tap?.bridge, tap?.isUp], ['tap11111111-aa', null, false]);
  });

  it('joins a flat or vlan network to the machine’s bridge of its physical network', () => {
    const network = { ...bareNetwork, id: port.networkId, physicalNetwork: 'public', networkType: 'flat' };
    const waysOut = { bridgeMappings: new Map([['public', 'br-ex']]), tunnelIp: null };
    const kernel: Kernel = { links: [], namespaces: new Map(), outside: [], peers: new Map() };
    const flat = planChanges(hostLayout({ ...state, networks: [network] }, [], waysOut), kernel, 77);
    assert.deepEqual(flat.outside, [
      'link add wox22222222-bb type veth peer name wir22222222-bb netns 77',
      'link set wox22222222-bb mtu 1450',
      'link set wox22222222-bb master br-ex',
      'link set wox22222222-bb up',
    ]);
    assert.deepEqual(flat.space.slice(-3), [
      'link set wir22222222-bb mtu 1450',
      'link set wir22222222-bb master brq22222222-bb',
      'link set wir22222222-bb up',
    ]);
    const tagged = { ...network, networkType: 'vlan', segmentationId: 42 };
    const vlan = planChanges(hostLayout({ ...state, networks: [tagged] }, [], waysOut), kernel, 77);
    assert.deepEqual(vlan.space.slice(-4), [
      'link add link wir22222222-bb name vln22222222-bb type vlan id 42',
      'link set vln22222222-bb master brq22222222-bb',
      'link set wir22222222-bb up',
      'link set vln22222222-bb up',
    ]);
    assert.deepEqual(
      hostLayout({ ...state, networks: [network] }, [], { ...waysOut, bridgeMappings: new Map() }).wires,
      [],
    );
  });

  it('joins a vxlan network to the hosts that have it, and forgets those that have it no more', () => {
    const network = { ...bareNetwork, id: port.networkId, segmentationId: 7, peers: ['192.0.2.2', '192.0.2.3'] };
    const waysOut = { bridgeMappings: new Map(), tunnelIp: '192.0.2.1' };
    const layout = hostLayout({ ...state, networks: [network] }, [], waysOut);
    assert.match(layout.rules, /oifname "vxl\*" udp dport \{ 67, 547 \} drop/);
    const nothing: Kernel = { links: [], namespaces: new Map(), outside: [], peers: new Map() };
    const made = planChanges(layout, nothing, 77);
    assert.deepEqual(made.outside, ['link add vxl22222222-bb netns 77 type vxlan id 7 local 192.0.2.1 dstport 4789']);
    assert.deepEqual(made.peers, [
      'fdb append 00:00:00:00:00:00 dev vxl22222222-bb dst 192.0.2.2',
      'fdb append 00:00:00:00:00:00 dev vxl22222222-bb dst 192.0.2.3',
    ]);
    const link = {
      kind: 'bridge',
      master: null,
      mtu: 1450,
      isUp: true,
      macAddress: '',
      alias: null,
      tunnel: null,
      qdisc: '',
    };
    const tunnel = {
      ...link,
      name: 'vxl22222222-bb',
      kind: 'vxlan',
      master: 'brq22222222-bb',
      tunnel: { vni: 7, local: '192.0.2.1' },
    };
    const links = [{ ...link, name: 'brq22222222-bb' }, tunnel];
    const peers = new Map([['vxl22222222-bb', ['192.0.2.2', '192.0.2.9']]]);
    const changed = planChanges(layout, { ...nothing, links, peers }, 77);
    assert.deepEqual([changed.outside, changed.space], [[], []]);
    assert.deepEqual(changed.peers, [
      'fdb delete 00:00:00:00:00:00 dev vxl22222222-bb dst 192.0.2.9',
      'fdb append 00:00:00:00:00:00 dev vxl22222222-bb dst 192.0.2.3',
    ]);
    assert.deepEqual(planChanges(hostLayout(empty, [], waysOut), { ...nothing, links }, 77).space, [
      'link delete brq22222222-bb',
      'link delete vxl22222222-bb',
    ]);
  });

  it('changes nothing that is as it shall be, and takes away what nobody wants', () => {
    const link = {
      kind: 'bridge',
      master: null,
      mtu: 1450,
      isUp: true,
      macAddress: '',
      alias: null,
      tunnel: null,
      qdisc: '',
    };
    const kernel: Kernel = {
      links: [
        { ...link, name: 'brq22222222-bb' },
        { ...link, name: 'tap11111111-aa', master: 'brq22222222-bb' },
      ],
      namespaces: new Map(),
      outside: [],
      peers: new Map(),
    };
    const layout = hostLayout(state, [port.id]);
    const none = {
      newNamespaces: [],
      outside: [],
      space: [],
      peers: [],
      namespaces: [],
      shaping: [],
      oldNamespaces: [],
    };
    assert.deepEqual(planChanges(layout, kernel, 1), none);
    assert.deepEqual(planChanges(hostLayout(empty, [port.id]), kernel, 1).space, [
      'link delete brq22222222-bb',
      'link set tap11111111-aa mtu 1500',
      'link set tap11111111-aa nomaster',
      'link set tap11111111-aa down',
    ]);
  });
});

describe('addresses for nft', () => {
  it('are without those that lie in others', () => {
    assert.deepEqual(disjoint(['10.0.0.0/24', '10.0.0.7', 'fd00::1', '10.1.0.1/32', '10.0.0.0/25'], 4), [
      '10.0.0.0/24',
      '10.1.0.1',
    ]);
    assert.deepEqual(disjoint(['::/0', 'fd00::1', '10.0.0.1'], 6), ['::/0']);
  });
});

describe('a rule of a security group', () => {
  const rule: GroupRule = {
    direction: 'ingress',
    ethertype: 'IPv4',
    protocol: null,
    portMin: null,
    portMax: null,
    remotePrefix: null,
    remoteGroupId: null,
    remoteAddressGroupId: null,
  };
  const cases: readonly (readonly [Partial<GroupRule>, string])[] = [
    [{}, 'meta nfproto ipv4 accept'],
    [{ remotePrefix: '0.0.0.0/0', protocol: 'any' }, 'meta nfproto ipv4 accept'],
    [
      { remotePrefix: '10.1.2.3/8', protocol: 'tcp', portMin: 22, portMax: 22 },
      'meta nfproto ipv4 ip saddr 10.0.0.0/8 tcp dport 22 accept',
    ],
    [
      { direction: 'egress', protocol: 'udp', portMin: 1, portMax: 9, remotePrefix: '10.0.0.1/32' },
      'meta nfproto ipv4 ip daddr 10.0.0.1 udp dport 1-9 accept',
    ],
    [{ protocol: 'icmp', portMin: 8, portMax: 0 }, 'meta nfproto ipv4 meta l4proto 1 icmp type 8 icmp code 0 accept'],
    [{ ethertype: 'IPv6', protocol: 'icmp' }, 'meta nfproto ipv6 meta l4proto 58 accept'],
    [
      { ethertype: 'IPv6', protocol: 'ipv6-icmp', portMin: 128 },
      'meta nfproto ipv6 meta l4proto 58 icmpv6 type 128 accept',
    ],
    [{ protocol: 'vrrp' }, 'meta nfproto ipv4 meta l4proto 112 accept'],
    [{ protocol: 'tcp' }, 'meta nfproto ipv4 meta l4proto 6 accept'],
    [{ remoteGroupId: 'a-b' }, 'meta nfproto ipv4 ip saddr @members4_ab accept'],
    [{ ethertype: 'IPv6', remoteAddressGroupId: 'a-b' }, 'meta nfproto ipv6 ip6 saddr @listed6_ab accept'],
  ];
  for (const [changes, line] of cases) {
    it(line, () => assert.equal(ruleLine({ ...rule, ...changes }), line));
  }
});
