import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SubnetInput } from '#libs/contracts';
import { planSubnet } from './subnet-plan.js';

const refused = (input: SubnetInput, expected: RegExp): void => {
  assert.throws(() => planSubnet(input), expected, JSON.stringify(input));
};

const noDhcp = { enable_dhcp: false };

describe('the plan of a subnet', () => {
  it('has as gateway the address behind its own, a /32 too; an IPv6 one its own, unless a pool chose it', () => {
    assert.equal(planSubnet({ cidr: '10.0.0.0/24' }).gateway_ip, '10.0.0.1');
    assert.equal(planSubnet({ cidr: '2001:DB8::/64' }).gateway_ip, '2001:db8::');
    assert.equal(planSubnet({ cidr: '2001:DB8::/64' }, undefined, true).gateway_ip, '2001:db8::1');
    const pools = (network: string) => planSubnet({ cidr: network, ...noDhcp }).allocation_pools;
    assert.deepEqual(pools('2001:db8::/64'), [{ start: '2001:db8::1', end: '2001:db8::ffff:ffff:ffff:ffff' }]);
    assert.deepEqual(pools('2001:db8::/127'), [{ start: '2001:db8::1', end: '2001:db8::1' }]);
    assert.deepEqual(pools('2001:db8::/128'), [{ start: '2001:db8::', end: '2001:db8::' }]);
    assert.equal(planSubnet({ cidr: '2001:DB8::/64' }).cidr, '2001:db8::/64');
    assert.equal(planSubnet({ cidr: '10.0.0.0/32', ...noDhcp }).gateway_ip, '10.0.0.1');
    assert.equal(planSubnet({ cidr: '255.255.255.255/32', ...noDhcp }).gateway_ip, null);
    assert.equal(planSubnet({ cidr: '10.0.0.0/24', gateway_ip: null }).gateway_ip, null);
    const [first, ...others] = planSubnet({ cidr: '10.0.0.0/24', allocation_pools: [] }).allocation_pools;
    assert.deepEqual([first, others], [{ start: '10.0.0.2', end: '10.0.0.254' }, []]);
    assert.equal(planSubnet({ cidr: '10.0.0.0/24', gateway_ip: '10.0.0.254' }).allocation_pools[0]?.end, '10.0.0.253');
  });

  it('refuses what is no network', () => {
    refused({}, /subnetpool must be specified/);
    refused({ cidr: '10.0.0.5/24' }, /'10.0.0.5\/24' isn't a recognized IP subnet cidr, '10.0.0.0\/24' is recommended/);
    refused({ cidr: '10.0.0.0' }, /is not a valid IP subnet/);
    refused({ cidr: '0.0.0.0/0', ...noDhcp }, /0 is not allowed as CIDR prefix length/);
    refused({ cidr: '::/64' }, /IPv6 subnet '::' is not supported/);
    refused({ cidr: '10.0.0.0/24', ip_version: 6 }, /cidr '10.0.0.0\/24' does not match the ip_version '6'/);
  });

  it('refuses what DHCP is not for, unless it is off', () => {
    for (const network of ['10.0.0.0/31', '10.0.0.0/32', '2001:db8::/127', '2001:db8::/128']) {
      refused({ cidr: network }, /prefix length that is incompatible with DHCP/);
    }
    for (const network of ['224.0.0.0/24', 'ff00::/64']) {
      refused({ cidr: network }, /Multicast IP subnet is not supported if enable_dhcp is True/);
      assert.equal(planSubnet({ cidr: network, ...noDhcp }).cidr, network);
    }
    refused({ cidr: '127.0.0.0/24' }, /Loopback/);
    refused({ cidr: '0.0.0.0/8' }, /First IP '0.0.0.0'/);
  });

  it('has no default gateway in an IPv4 network of two addresses', () => {
    refused({ cidr: '10.0.0.0/31', ...noDhcp }, /cannot be the network or broadcast IP address 10.0.0.0\/31/);
    const { allocation_pools: pools } = planSubnet({ cidr: '10.0.0.0/31', gateway_ip: null, ...noDhcp });
    assert.deepEqual(pools, [{ start: '10.0.0.0', end: '10.0.0.1' }]);
  });

  it('takes a gateway outside of the subnet, and the first address of an IPv6 one', () => {
    assert.equal(planSubnet({ cidr: '10.0.0.0/24', gateway_ip: '10.0.1.1' }).gateway_ip, '10.0.1.1');
    assert.equal(planSubnet({ cidr: '2001:db8::/64', gateway_ip: '2001:db8::' }).gateway_ip, '2001:db8::');
  });

  it('refuses a gateway that is the network, the broadcast address or inside of a pool', () => {
    refused({ cidr: '10.0.0.0/24', gateway_ip: '10.0.0.0' }, /Gateway is not valid on subnet/);
    refused({ cidr: '10.0.0.0/24', gateway_ip: '10.0.0.255' }, /Gateway is not valid on subnet/);
    refused({ cidr: '10.0.0.0/24', gateway_ip: '2001:db8::1' }, /does not match the ip_version '4'/);
    refused({ cidr: '10.0.0.0/24', gateway_ip: 'x' }, /'x' is not a valid IP address/);
    const pool = [{ start: '10.0.0.1', end: '10.0.0.9' }];
    refused({ cidr: '10.0.0.0/24', allocation_pools: pool }, /Gateway ip 10.0.0.1 conflicts with allocation pool/);
  });

  it('checks name servers and routes', () => {
    const plan = planSubnet({
      cidr: '10.0.0.0/24',
      dns_nameservers: ['9.9.9.9', '8.8.8.8'],
      host_routes: [{ destination: '10.1.0.0/16', nexthop: '10.0.0.1' }],
    });
    assert.deepEqual(plan.dns_nameservers, ['9.9.9.9', '8.8.8.8']);
    refused({ cidr: '10.0.0.0/24', dns_nameservers: ['fd00::1'] }, /'fd00::1' does not match the ip_version '4'/);
    refused({ cidr: '10.0.0.0/24', dns_nameservers: ['x'] }, /not a valid IP address/);
    refused({ cidr: '10.0.0.0/24', dns_nameservers: ['1.1.1.1', '1.1.1.1'] }, /Duplicate/);
    refused(
      { cidr: '10.0.0.0/24', dns_nameservers: ['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4', '1.1.1.5', '1.1.1.6'] },
      /limit 5/,
    );
    refused(
      { cidr: '10.0.0.0/24', host_routes: [{ destination: '::/0', nexthop: '10.0.0.1' }] },
      /destination '::\/0' does not match the ip_version '4'/,
    );
  });

  it('takes IPv6 modes that fit together', () => {
    const slaac = { ipv6_ra_mode: 'slaac', ipv6_address_mode: 'slaac' };
    assert.equal(planSubnet({ cidr: '2001:db8::/64', ...slaac }).ipv6_address_mode, 'slaac');
    refused({ cidr: '2001:db8::/63', ...slaac }, /requires the prefix to be \/64/);
    refused({ cidr: '10.0.0.0/24', ...slaac }, /not valid when ip_version is 4/);
    refused(
      { cidr: '2001:db8::/64', ipv6_ra_mode: 'slaac', ipv6_address_mode: 'dhcpv6-stateful' },
      /must be the same value/,
    );
    refused({ cidr: '2001:db8::/64', ipv6_ra_mode: 'x' }, /is not in/);
    refused({ cidr: '2001:db8::/64', enable_dhcp: false, ...slaac }, /enable_dhcp is set to False/);
  });
});
