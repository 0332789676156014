import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Fault } from '../../edge/errors/fault.js';
import { NetworkBody } from '../networks/networks.dto.js';
import { PortBody } from '../ports/ports.dto.js';
import { SubnetBody } from '../subnets/subnets.dto.js';
import { parseCreate, parseUpdate } from './request-body.js';

const networks = { singular: 'network', plural: 'networks' };
const subnets = { singular: 'subnet', plural: 'subnets' };
const ports = { singular: 'port', plural: 'ports' };
const NETWORK = '0b2d4f36-6ac5-4a33-b9d3-3f6c7c2c1a11';

/** What travels of a body: its fields, without the class. */
function fieldsOf(body: object | undefined): object {
  return Object.fromEntries(Object.entries(body ?? {}));
}

function refused(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof Fault);
    assert.equal(error.status, 400);
    assert.equal(error.code, 'HTTPBadRequest');
    return error.message;
  }
  throw new assert.AssertionError({ message: 'expected a 400' });
}

describe('parseCreate', () => {
  it('converts what neutron converts and names fields as the contract does', () => {
    const body = {
      network: { name: 'n1', admin_state_up: 'True', shared: 0, mtu: '1400', 'router:external': '1', tenant_id: 'p1' },
    };
    const { bulk, resources } = parseCreate(NetworkBody, networks, body);
    assert.equal(bulk, false);
    assert.deepEqual(fieldsOf(resources[0]?.body), {
      name: 'n1',
      admin_state_up: true,
      shared: false,
      mtu: 1400,
      router_external: true,
      project_id: 'p1',
    });
    assert.ok(resources[0]?.given.includes('router:external'));
  });

  it('reads bulk bodies in both of their forms', () => {
    const body = { networks: [{ name: 'a' }, { network: { name: 'b' } }] };
    const { bulk, resources } = parseCreate(NetworkBody, networks, body);
    assert.equal(bulk, true);
    assert.deepEqual(
      resources.map((one) => one.body.name),
      ['a', 'b'],
    );
    assert.equal(
      refused(() => parseCreate(NetworkBody, networks, { networks: [] })),
      'Resources required',
    );
  });

  it('says what is wrong with the form of a body', () => {
    const create = (body: unknown) => refused(() => parseCreate(NetworkBody, networks, body));
    assert.equal(create(undefined), 'Resource body required');
    assert.equal(create({ net: {} }), "Unable to find 'network' in request body");
    assert.match(create({ network: [] }), /expected an object/);
    assert.equal(create({ network: { colour: 'red', size: 1 } }), "Unrecognized attribute(s) 'colour, size'");
    assert.equal(create({ network: { id: NETWORK } }), "Attribute 'id' not allowed in POST");
    assert.equal(create({ network: { tenant_id: 'a', project_id: 'b' } }), "'project_id' and 'tenant_id' do not match");
  });

  it('says which attribute is wrong and why, without echoing whole bodies', () => {
    const create = (network: object) => refused(() => parseCreate(NetworkBody, networks, { network }));
    assert.equal(
      create({ admin_state_up: 'maybe' }),
      "Invalid input for admin_state_up. Reason: 'maybe' cannot be converted to boolean.",
    );
    assert.match(create({ mtu: 67 }), /^Invalid input for mtu\. Reason: '67' is too small/);
    assert.match(create({ name: null }), /^Invalid input for name\. Reason: 'null' is not a valid string/);
    assert.match(create({ name: 'a\0b' }), /NUL/);
    assert.match(create({ 'provider:segmentation_id': 'x' }), /^Invalid input for provider:segmentation_id\./);
    const long = create({ name: 'x'.repeat(10_000) });
    assert.match(long, /exceeds maximum length of 255/);
    assert.ok(long.length < 300);
  });

  it('checks subnets: required attributes, CIDR without host bits, addresses and lists', () => {
    const create = (subnet: object) => refused(() => parseCreate(SubnetBody, subnets, { subnet }));
    const good = { network_id: NETWORK, ip_version: '4', cidr: '10.9.0.0/24' };
    const parsed = parseCreate(SubnetBody, subnets, { subnet: { ...good, gateway_ip: null, dns_nameservers: null } });
    assert.deepEqual(fieldsOf(parsed.resources[0]?.body), {
      network_id: NETWORK,
      ip_version: 4,
      cidr: '10.9.0.0/24',
      gateway_ip: null,
      dns_nameservers: [],
    });
    assert.equal(create({ name: 's' }), "Failed to parse request. Required attribute 'network_id' not specified");
    assert.match(create({ ...good, cidr: '10.9.0.1/24' }), /'10\.9\.0\.0\/24' is recommended/);
    for (const cidr of ['10.9.0.0', '10.9/16', '010.9.0.0/16', '10.9.0.0/33', 'fe80::%eth0/64', 7]) {
      assert.match(create({ ...good, cidr }), /^Invalid input for cidr\./, String(cidr));
    }
    assert.match(create({ ...good, allocation_pools: [{ start: '10.9.0.2' }] }), /not a valid IP address/);
    assert.match(create({ ...good, allocation_pools: [{ start: '10.9.0.2', end: '10.9.0.9', x: 1 }] }), /IP pool/);
    assert.match(create({ ...good, dns_nameservers: ['8.8.8.8', '8.8.8.8'] }), /Duplicate nameserver/);
    assert.match(create({ ...good, host_routes: 'no' }), /Invalid data format for hostroute/);
    assert.match(create({ ...good, ip_version: 5 }), /^Invalid input for ip_version\./);
  });

  it('brings IPv6 networks into their short form', () => {
    const subnet = { network_id: NETWORK, ip_version: 6, cidr: '2001:0DB8:0::/64' };
    assert.equal(parseCreate(SubnetBody, subnets, { subnet }).resources[0]?.body.cidr, '2001:db8::/64');
  });

  it('checks ports', () => {
    const create = (port: object) =>
      refused(() => parseCreate(PortBody, ports, { port: { network_id: NETWORK, ...port } }));
    const port = {
      network_id: NETWORK,
      mac_address: 'FA-16-3E-00-00-01',
      'binding:profile': null,
      'binding:host_id': null,
    };
    assert.deepEqual(fieldsOf(parseCreate(PortBody, ports, { port }).resources[0]?.body), {
      network_id: NETWORK,
      mac_address: 'fa:16:3e:00:00:01',
      binding_host_id: '',
      binding_profile: {},
    });
    assert.match(create({ network_id: 'n1' }), /'n1' is not a valid UUID/);
    assert.match(create({ mac_address: 'fa:16' }), /not a valid MAC address/);
    assert.match(create({ fixed_ips: [{}] }), /Invalid data format for fixed IP/);
    assert.match(create({ fixed_ips: [{ ip_address: '10.1' }] }), /not a valid IP address/);
    assert.match(create({ allowed_address_pairs: [{ ip_address: '10.0.0.0/8', mac_address: 'x' }] }), /MAC/);
    assert.match(create({ 'binding:vif_type': 'ovs' }), /not allowed in POST/);
  });
});

describe('parseUpdate', () => {
  it('refuses what may only be read or only be given once', () => {
    const update = (network: object) => refused(() => parseUpdate(NetworkBody, networks, { network }));
    assert.equal(update({ id: NETWORK }), 'Cannot update read-only attribute id');
    assert.equal(update({ project_id: 'p2' }), 'Cannot update read-only attribute project_id');
    assert.deepEqual(fieldsOf(parseUpdate(NetworkBody, networks, { network: { name: 'n2' } }).body), { name: 'n2' });
  });
});
