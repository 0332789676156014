import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { InstanceNicAddress } from '#libs/contracts';
import { forwarded, userNetdev } from './user-network.js';

const address = (ip: string, cidr: string, gateway: string | null): InstanceNicAddress => ({
  ip_address: ip,
  ip_version: ip.includes(':') ? 6 : 4,
  cidr,
  gateway_ip: gateway,
  enable_dhcp: true,
  ipv6_address_mode: null,
  dns_nameservers: [],
  host_routes: [],
});

describe("QEMU's own network", () => {
  it('gives a port its address by DHCP, and lets it reach nothing', () => {
    assert.deepEqual(userNetdev([address('10.7.0.9', '10.7.0.0/24', '10.7.0.1')], 'one', false), {
      type: 'user',
      restrict: true,
      net: '10.7.0.0/24',
      host: '10.7.0.1',
      dns: '10.7.0.254',
      dhcpstart: '10.7.0.9',
      hostname: 'one',
      ipv6: false,
    });
    assert.equal(userNetdev([address('10.7.0.9', '10.7.0.0/24', null)], 'one', true)['restrict'], false);
  });

  it('keeps its own addresses apart from the port, in small networks and without a gateway, too', () => {
    for (const [ip, cidr, gateway] of [
      ['10.7.0.1', '10.7.0.0/24', null],
      ['10.7.0.254', '10.7.0.0/24', '10.7.0.254'],
      ['10.7.0.2', '10.7.0.0/30', '10.7.0.1'],
      ['10.7.0.6', '10.7.0.0/29', '10.7.0.1'],
      ['10.7.0.5', '10.7.0.5/32', null],
    ] as const) {
      const { host, dns, dhcpstart, net } = userNetdev([address(ip, cidr, gateway)], 'one', false);
      assert.equal(new Set([host, dns, dhcpstart]).size, 3, cidr);
      assert.equal(dhcpstart, ip);
      assert.match(String(net), /^10\.7\.0\.\d+\/\d+$/);
    }
  });

  it('has no IPv4 where the port has none', () => {
    assert.deepEqual(userNetdev([address('fd00::9', 'fd00::/64', 'fd00::1')], 'one', false), {
      type: 'user',
      restrict: true,
      ipv4: false,
      'ipv6-net': 'fd00::/64',
    });
    assert.deepEqual(userNetdev([], 'one', false), { type: 'user', restrict: true, ipv4: false, ipv6: false });
  });

  it('tells what it forwards already', () => {
    const text = [
      'Hub -1 (net-a):',
      '  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ',
      '  TCP[HOST_FORWARD]  19       127.0.0.1 45671       10.5.0.77  8080     0     0',
      'Hub -1 (net-b):',
      '  TCP[HOST_FORWARD]  20       127.0.0.1 45672       10.6.0.77    22     0     0',
    ].join('\r\n');
    assert.equal(forwarded(text, 'net-a', 8080), 45671);
    assert.equal(forwarded(text, 'net-a', 22), undefined);
    assert.equal(forwarded(text, 'net-b', 22), 45672);
  });
});
