import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Fault } from '../../edge/errors/fault.js';
import { Network, Port, SecurityGroupRule, Subnet, Trunk, declarationOf } from '#libs/contracts';
import { parseCreate, parseUpdate } from './request-body.js';

const networks = declarationOf(Network);
const subnets = declarationOf(Subnet);
const ports = declarationOf(Port);
const rules = declarationOf(SecurityGroupRule);
const trunks = declarationOf(Trunk);
const NETWORK = '0b2d4f36-6ac5-4a33-b9d3-3f6c7c2c1a11';

/** The part of a body that is sent: its fields, without the class. */
function fieldsOf(body: object | undefined): object {
  return Object.fromEntries(Object.entries(body ?? {}));
}

function refused(work: () => unknown, code = 'HTTPBadRequest'): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof Fault);
    assert.equal(error.status, 400);
    assert.equal(error.code, code);
    return error.message;
  }
  throw new assert.AssertionError({ message: 'expected a 400' });
}

describe('parseCreate', () => {
  it('converts what neutron converts and names fields as the contract does', () => {
    const body = {
      network: { name: 'n1', admin_state_up: 'True', shared: 0, mtu: '1400', 'router:external': '1', tenant_id: 'p1' },
    };
    const { bulk, inputs } = parseCreate(networks, body);
    assert.equal(bulk, false);
    assert.deepEqual(fieldsOf(inputs[0]), {
      name: 'n1',
      admin_state_up: true,
      shared: false,
      mtu: 1400,
      router_external: true,
      project_id: 'p1',
    });
  });

  it('reads bulk bodies in both of their forms', () => {
    const body = { networks: [{ name: 'a' }, { network: { name: 'b' } }] };
    const { bulk, inputs } = parseCreate(networks, body);
    assert.equal(bulk, true);
    assert.deepEqual(
      inputs.map((one) => one.name),
      ['a', 'b'],
    );
    assert.equal(
      refused(() => parseCreate(networks, { networks: [] })),
      'Resources required',
    );
  });

  it('says what is wrong with the form of a body', () => {
    const create = (body: unknown) => refused(() => parseCreate(networks, body));
    assert.equal(create(undefined), 'Resource body required');
    assert.equal(create({ net: {} }), "Unable to find 'network' in request body");
    assert.match(create({ network: [] }), /expected an object/);
    assert.equal(create({ network: { colour: 'red', size: 1 } }), "Unrecognized attribute(s) 'colour, size'");
    assert.equal(create({ network: { id: NETWORK } }), "Attribute 'id' not allowed in POST");
    assert.equal(create({ network: { tenant_id: 'a', project_id: 'b' } }), "'project_id' and 'tenant_id' do not match");
  });

  it('says which attribute is wrong and why, without echoing whole bodies', () => {
    const create = (network: object) => refused(() => parseCreate(networks, { network }));
    assert.equal(
      refused(() => parseCreate(networks, { network: { admin_state_up: 'maybe' } }), 'InvalidInput'),
      "Invalid input for operation: 'maybe' cannot be converted to boolean.",
    );
    assert.match(create({ mtu: -1 }), /^Invalid input for mtu\. Reason: '-1' is too small/);
    assert.match(create({ name: null }), /^Invalid input for name\. Reason: 'None' is not a valid string/);
    assert.match(create({ name: 'a\0b' }), /NUL/);
    const integer = refused(() => parseCreate(networks, { network: { mtu: 'x' } }), 'InvalidInput');
    assert.equal(integer, "Invalid input for operation: 'x' is not an integer.");
    const long = create({ name: 'x'.repeat(10_000) });
    assert.match(long, /exceeds maximum length of 255/);
    assert.ok(long.length < 300);
  });

  it('checks subnets: required attributes, CIDR, addresses and lists', () => {
    const create = (subnet: object) => refused(() => parseCreate(subnets, { subnet }));
    const good = { network_id: NETWORK, ip_version: '4', cidr: '10.9.0.0/24' };
    const parsed = parseCreate(subnets, { subnet: { ...good, gateway_ip: null, dns_nameservers: null } });
    assert.deepEqual(fieldsOf(parsed.inputs[0]), {
      network_id: NETWORK,
      ip_version: 4,
      cidr: '10.9.0.0/24',
      gateway_ip: null,
      dns_nameservers: [],
    });
    assert.equal(create({ name: 's' }), "Failed to parse request. Required attribute 'network_id' not specified");
    const within = parseCreate(subnets, { subnet: { ...good, cidr: '10.9.0.1/24' } }).inputs[0]?.cidr;
    assert.equal(within, '10.9.0.0/24', 'host bits are dropped, as in neutron');
    for (const cidr of ['10.9.0.0', '10.9/16', '010.9.0.0/16', '10.9.0.0/33', 'fe80::%eth0/64', 7]) {
      assert.match(create({ ...good, cidr }), /^Invalid input for cidr\./, String(cidr));
    }
    assert.match(create({ ...good, allocation_pools: [{ start: '10.9.0.2' }] }), /Invalid data format for IP pool/);
    assert.match(create({ ...good, allocation_pools: [{ start: '10.9.0.2', end: '10.9.0.9', x: 1 }] }), /IP pool/);
    assert.match(create({ ...good, dns_nameservers: ['8.8.8.8', '8.8.8.8'] }), /Duplicate nameserver/);
    assert.match(create({ ...good, host_routes: 'no' }), /Invalid data format for hostroute/);
    assert.match(create({ ...good, ip_version: 5 }), /^Invalid input for ip_version\./);
  });

  it('brings IPv6 networks into their short form', () => {
    const subnet = { network_id: NETWORK, ip_version: 6, cidr: '2001:0DB8:0::/64' };
    assert.equal(parseCreate(subnets, { subnet }).inputs[0]?.cidr, '2001:db8::/64');
  });

  it('takes service types of subnets as neutron-lib does', () => {
    const create = (type: string) =>
      parseCreate(subnets, {
        subnet: { network_id: NETWORK, ip_version: 4, cidr: '10.9.0.0/24', service_types: [type] },
      });
    for (const type of ['network:dhcp', 'compute:nova', 'test:type_1']) assert.ok(create(type), type);
    assert.throws(() => create('baremetal:none'), Fault);
  });

  it("refuses with neutron's own error where a field has one", () => {
    const port = (pairs: unknown) => () =>
      parseCreate(ports, { port: { network_id: NETWORK, allowed_address_pairs: pairs } });
    const rule = (match: object) => () =>
      parseCreate(rules, { security_group_rule: { security_group_id: NETWORK, direction: 'ingress', ...match } });
    const subnet = (type: unknown) => () =>
      parseCreate(subnets, { subnet: { network_id: NETWORK, ip_version: 4, service_types: [type] } });
    const pair = { ip_address: '10.0.0.1' };
    const errors: readonly [() => unknown, string, string][] = [
      [port([{}]), 'AllowedAddressPairsMissingIP', 'AllowedAddressPair must contain ip_address'],
      [
        port([pair, pair]),
        'DuplicateAddressPairInRequest',
        'Request contains duplicate address pair: mac_address None ip_address 10.0.0.1.',
      ],
      [
        rule({ ethertype: 'IPv5' }),
        'SecurityGroupRuleInvalidEtherType',
        "Security group rule for ethertype 'IPv5' not supported. Allowed values are ['IPv4', 'IPv6'].",
      ],
      [rule({ port_range_min: 'ssh' }), 'SecurityGroupInvalidPortValue', 'Invalid value for port ssh'],
      [rule({ remote_ip_prefix: '10.0.0.0/99' }), 'InvalidCIDR', 'Invalid CIDR 10.0.0.0/99 given as IP prefix.'],
      [
        subnet('baremetal:x'),
        'InvalidSubnetServiceType',
        'Subnet service type baremetal:x does not correspond to a valid device owner.',
      ],
      [subnet(7), 'InvalidInputSubnetServiceType', 'Subnet service type 7 is not a string.'],
    ];
    for (const [create, code, message] of errors) assert.equal(refused(create, code), message);
    const { protocol } = parseCreate(rules, {
      security_group_rule: { security_group_id: NETWORK, direction: 'ingress', protocol: 'any' },
    }).inputs[0] as { protocol: unknown };
    assert.equal(protocol, null);
  });

  it('checks subports before anything is looked up', () => {
    const create = (...sub_ports: object[]) =>
      refused(() => parseCreate(trunks, { trunk: { port_id: NETWORK, sub_ports } }));
    const other = NETWORK.replace(/^./, 'e');
    assert.match(create({ port_id: NETWORK, segmentation_type: 'vlan' }), /missing segmentation information/);
    assert.match(create({ port_id: NETWORK, segmentation_id: 3 }), /missing segmentation information/);
    const tag = { segmentation_type: 'vlan', segmentation_id: 2 };
    assert.match(
      create({ port_id: NETWORK, ...tag }, { port_id: other, ...tag }),
      /Segmentation ID '2' .* is not unique/,
    );
  });

  it('checks ports', () => {
    const create = (port: object) => refused(() => parseCreate(ports, { port: { network_id: NETWORK, ...port } }));
    const port = {
      network_id: NETWORK,
      mac_address: 'FA-16-3E-00-00-01',
      'binding:profile': null,
      'binding:host_id': null,
    };
    assert.deepEqual(fieldsOf(parseCreate(ports, { port }).inputs[0]), {
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
    const update = (network: object) => refused(() => parseUpdate(networks, { network }));
    assert.equal(update({ id: NETWORK }), 'Cannot update read-only attribute id');
    assert.equal(update({ project_id: 'p2' }), 'Cannot update read-only attribute project_id');
    assert.deepEqual(fieldsOf(parseUpdate(networks, { network: { name: 'n2' } })), { name: 'n2' });
  });
});
