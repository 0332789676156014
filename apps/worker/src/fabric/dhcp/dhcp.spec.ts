import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GuestNetworkState, GuestPort, GuestSubnet } from '../state/host-network.js';
import { bareNetwork } from '../testing/guest-network.js';
import { answerTo } from './dhcp4-answer.js';
import { DHCP, readRequest, writeAnswer } from './dhcp4-message.js';
import type { DhcpRequest } from './dhcp4-message.js';
import { encodeOption } from './dhcp4-options.js';
import { answer6, clientMac, readRequest6 } from './dhcp6.js';

const MAC = 'fa:16:3e:00:00:05';
const subnet: GuestSubnet = {
  id: 's4',
  ipVersion: 4,
  cidr: '10.0.0.0/24',
  gatewayIp: '10.0.0.1',
  enableDhcp: true,
  dnsNameservers: [],
  hostRoutes: [{ destination: '10.7.0.0/16', nexthop: '10.0.0.9' }],
  raMode: null,
  addressMode: null,
};
const network: GuestNetworkState = {
  ...bareNetwork,
  subnets: [
    subnet,
    {
      ...subnet,
      id: 's6',
      ipVersion: 6,
      cidr: 'fd00::/64',
      gatewayIp: 'fd00::1',
      hostRoutes: [],
      addressMode: 'dhcpv6-stateful',
    },
  ],
  dhcpPort: {
    id: 'd',
    macAddress: 'fa:16:3e:00:00:02',
    fixedIps: [
      { subnet_id: 's4', ip_address: '10.0.0.2' },
      { subnet_id: 's6', ip_address: 'fd00::2' },
    ],
  },
};
const port: GuestPort = {
  id: 'port',
  networkId: 'n',
  deviceId: 'server',
  projectId: 'p',
  macAddress: MAC,
  adminStateUp: true,
  portSecurityEnabled: true,
  fixedIps: [
    { subnet_id: 's4', ip_address: '10.0.0.5' },
    { subnet_id: 's6', ip_address: 'fd00::5' },
  ],
  allowedAddressPairs: [],
  securityGroups: [],
  dhcpOptions: [],
  dnsName: 'web',
  qosPolicyId: null,
};
const settings = { domain: 'novalocal' };

function request(type: number, options: readonly (readonly [number, readonly number[]])[] = []): DhcpRequest {
  const head = Buffer.alloc(240);
  head.set([1, 1, 6, 0, 1, 2, 3, 4]);
  Buffer.from(MAC.replaceAll(':', ''), 'hex').copy(head, 28);
  Buffer.from([99, 130, 83, 99]).copy(head, 236);
  const tail = [[53, [type]] as const, ...options].flatMap(([code, bytes]) => [code, bytes.length, ...bytes]);
  const read = readRequest(Buffer.concat([head, Buffer.from([...tail, 255])]));
  assert.ok(read !== null);
  return read;
}

const hex = (value: Buffer | undefined): string | undefined => value?.toString('hex');

describe('DHCP', () => {
  it('offers a port its address with mask, router, names, MTU, and routes in which the default one is', () => {
    const answer = answerTo(request(DHCP.DISCOVER), network, port, settings);
    assert.deepEqual([answer?.type, answer?.address, answer?.server], [DHCP.OFFER, '10.0.0.5', '10.0.0.2']);
    const options = answer?.options;
    assert.equal(hex(options?.get(1)), 'ffffff00');
    assert.equal(hex(options?.get(3)), '0a000001');
    assert.equal(hex(options?.get(6)), '0a000002');
    assert.equal(hex(options?.get(26)), '05aa');
    assert.equal(hex(options?.get(51)), '00015180');
    assert.equal(options?.get(15)?.toString(), 'novalocal');
    // 10.7.0.0/16 via .9, 169.254.169.254 via .2, default via .1
    assert.equal(hex(options?.get(121)), '100a070a00000920a9fea9fe0a000002000a000001');
  });

  it('refuses another address, and is silent for another server’s client and for a subnet without DHCP', () => {
    assert.equal(answerTo(request(DHCP.REQUEST, [[50, [10, 0, 0, 6]]]), network, port, settings)?.type, DHCP.NAK);
    assert.equal(answerTo(request(DHCP.REQUEST, [[50, [10, 0, 0, 5]]]), network, port, settings)?.type, DHCP.ACK);
    assert.equal(answerTo(request(DHCP.REQUEST, [[54, [10, 0, 0, 3]]]), network, port, settings), null);
    assert.equal(answerTo(request(DHCP.RELEASE), network, port, settings), null);
    const silent = { ...network, subnets: [{ ...subnet, enableDhcp: false }] };
    assert.equal(answerTo(request(DHCP.DISCOVER), silent, port, settings), null);
  });

  it('gives a port its own options; a blank router takes the default route away, too', () => {
    const options = [
      { opt_name: 'bootfile-name', opt_value: 'pxelinux.0', ip_version: 4 as const },
      { opt_name: 'server-ip-address', opt_value: '10.0.0.77', ip_version: 4 as const },
      { opt_name: '42', opt_value: '10.0.0.8', ip_version: 4 as const },
      { opt_name: 'router', opt_value: '', ip_version: 4 as const },
    ];
    const answer = answerTo(request(DHCP.DISCOVER), network, { ...port, dhcpOptions: options }, settings);
    assert.equal(answer?.options.get(67)?.toString(), 'pxelinux.0');
    assert.equal(hex(answer?.options.get(42)), '0a000008');
    assert.equal(answer?.options.has(3), false);
    assert.doesNotMatch(hex(answer?.options.get(121)) ?? '', /000a000001$/);
    assert.equal(answer?.nextServer, '10.0.0.77');
    assert.equal(encodeOption({ opt_name: 'no-such', opt_value: 'x', ip_version: 4 }), null);
    assert.equal(encodeOption({ opt_name: 'mtu', opt_value: '70000', ip_version: 4 }), null);
  });

  it('writes what clients read, and reads nothing that is not a request of theirs', () => {
    const asked = request(DHCP.DISCOVER);
    const answer = answerTo(asked, network, port, settings);
    assert.ok(answer !== null);
    const packet = writeAnswer(asked, answer);
    assert.deepEqual([packet[0], [...packet.subarray(16, 20)].join('.'), packet.length >= 300], [2, '10.0.0.5', true]);
    assert.equal(readRequest(packet), null);
    for (const length of [0, 3, 100, 239, 240, 241, 242])
      assert.equal(readRequest(asked.packet.subarray(0, length)), null);
  });
});

describe('DHCPv6', () => {
  const message = (type: number, options: string): Buffer =>
    Buffer.from(`${type.toString(16).padStart(2, '0')}aabbcc${options}`, 'hex');
  const client = '0001000a00030001fa163e000005';
  const association = '0003000c000000010000000000000000';

  it('knows a client by its link-local address or its DUID', () => {
    const asked = readRequest6(message(1, client));
    assert.ok(asked !== null);
    assert.equal(clientMac(asked, 'fe80::f816:3eff:fe00:7%ns-1'), 'fa:16:3e:00:00:07');
    assert.equal(clientMac(asked, 'fe80::1'), MAC);
  });

  it('gives the port’s address in a stateful subnet, and name servers', () => {
    const asked = readRequest6(message(1, client + association));
    assert.ok(asked !== null);
    const answer = answer6(asked, network, port, settings);
    assert.equal(answer?.[0], 2);
    assert.match(answer?.toString('hex') ?? '', /00050018fd000000000000000000000000000005/);
    assert.match(answer?.toString('hex') ?? '', /00170010fd000000000000000000000000000002/);
  });

  it('is silent where hosts make their own addresses, and reads no nonsense', () => {
    const asked = readRequest6(message(11, client));
    assert.ok(asked !== null);
    const slaac = { ...network, subnets: network.subnets.map((one) => ({ ...one, addressMode: 'slaac' })) };
    assert.equal(answer6(asked, slaac, port, settings), null);
    assert.equal(readRequest6(Buffer.from([12, 0, 0, 0])), null);
    assert.equal(readRequest6(Buffer.alloc(2)), null);
  });
});
