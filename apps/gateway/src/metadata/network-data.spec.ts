import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { InstanceNic, InstanceNicAddress } from '#libs/contracts';
import { serverData } from '../edge/testing/server-data.js';
import { networkData } from '#libs/metadata';

const v4: InstanceNicAddress = {
  ip_address: '10.0.0.5',
  ip_version: 4,
  cidr: '10.0.0.0/20',
  gateway_ip: '10.0.0.1',
  enable_dhcp: true,
  ipv6_address_mode: null,
  dns_nameservers: ['9.9.9.9'],
  host_routes: [{ destination: '192.0.2.0/25', nexthop: '10.0.0.2' }],
};
const nic: InstanceNic = {
  port_id: '0123456789abcdef',
  mac_address: 'fa:16:3e:00:00:01',
  vif_type: 'ovs',
  tag: null,
  network_id: 'net-1',
  mtu: 1442,
  fixed_ips: [v4],
};
const told = (...nics: InstanceNic[]) => networkData({ server: serverData(), public_key: null, ports: [], nics });

describe('network_data.json', () => {
  it('tells the network’s own MTU and that DHCP serves the subnet', () => {
    assert.deepEqual(told(nic), {
      links: [
        {
          id: 'tap0123456789a',
          vif_id: '0123456789abcdef',
          type: 'ovs',
          mtu: 1442,
          ethernet_mac_address: 'fa:16:3e:00:00:01',
        },
      ],
      networks: [{ id: 'network0', type: 'ipv4_dhcp', link: 'tap0123456789a', network_id: 'net-1' }],
      services: [{ type: 'dns', address: '9.9.9.9' }],
    });
  });

  it('tells address, mask, routes and name servers of a subnet without DHCP', () => {
    assert.deepEqual(told({ ...nic, vif_type: 'other', fixed_ips: [{ ...v4, enable_dhcp: false }] })?.['networks'], [
      {
        id: 'network0',
        type: 'ipv4',
        link: 'tap0123456789a',
        network_id: 'net-1',
        ip_address: '10.0.0.5',
        netmask: '255.255.240.0',
        routes: [
          { network: '0.0.0.0', netmask: '0.0.0.0', gateway: '10.0.0.1' },
          { network: '192.0.2.0', netmask: '255.255.255.128', gateway: '10.0.0.2' },
        ],
        services: [{ type: 'dns', address: '9.9.9.9' }],
      },
    ]);
  });

  it('tells the mode of IPv6, and one network of each version for a NIC', () => {
    const v6: InstanceNicAddress = {
      ...v4,
      ip_version: 6,
      ip_address: '2001:db8::5',
      cidr: '2001:db8::/64',
      gateway_ip: null,
      ipv6_address_mode: 'slaac',
      dns_nameservers: [],
      host_routes: [],
    };
    const second = { ...nic, port_id: 'fedcba9876543210', network_id: 'net-2', vif_type: 'unbound' };
    const data = told({ ...nic, fixed_ips: [v6, v4, { ...v4, ip_address: '10.0.0.6' }] }, second);
    const networks = data?.['networks'] as Record<string, unknown>[];
    assert.deepEqual(
      networks.map(({ id, type, netmask, routes, network_id }) => [id, type, netmask, routes, network_id]),
      [
        ['network0', 'ipv4_dhcp', undefined, undefined, 'net-1'],
        ['network1', 'ipv6_slaac', 'ffff:ffff:ffff:ffff::', [], 'net-1'],
        ['network2', 'ipv4_dhcp', undefined, undefined, 'net-2'],
      ],
    );
    const links = data?.['links'] as Record<string, unknown>[];
    assert.deepEqual(
      links.map(({ type }) => type),
      ['ovs', 'phy'],
    );
    assert.deepEqual(data?.['services'], [{ type: 'dns', address: '9.9.9.9' }]);
  });

  it('invents nothing: no file when an older worker does not know, no link without an address', () => {
    assert.equal(networkData({ server: serverData(), public_key: null, ports: [] }), undefined);
    assert.deepEqual(told({ ...nic, fixed_ips: [] }), { links: [], networks: [], services: [] });
  });
});
