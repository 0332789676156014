import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createContext } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import { Authorizer } from '../../policy/authorizer.js';
import type { Store } from '../../store/index.js';
import { openMemoryStore } from '../../testing/memory-store.js';
import { createNetworkManagers } from '../create-network-managers.js';
import type { NetworkManagers } from '../create-network-managers.js';
import { defaultNetworkSettings } from '../network-settings.js';
import { SecurityGroupManager } from './security-group-manager.js';
import { SecurityGroupRuleManager } from './security-group-rule-manager.js';

const member = (project: string): RequestContext =>
  createContext({ user_id: 'u', project_id: project, roles: ['member', 'reader'] });

describe('security groups', () => {
  let store: Store;
  let network: NetworkManagers;
  let groups: SecurityGroupManager;
  let rules: SecurityGroupRuleManager;
  before(async () => {
    store = await openMemoryStore();
    network = createNetworkManagers(store, new Authorizer(), defaultNetworkSettings);
    groups = network.resources.get(SecurityGroupManager);
    rules = network.resources.get(SecurityGroupRuleManager);
  });
  after(() => store.close());

  const make = async (context: RequestContext, input: object = {}): Promise<string> =>
    (await groups.create(context, [input]))[0]?.id ?? '';

  it('begin with the project’s own one, which lets out everything and in what comes from itself', async () => {
    const { objects } = await groups.list(member('s1'), {});
    assert.deepEqual(
      objects.map(({ name, stateful }) => [name, stateful]),
      [['default', true]],
    );
    const [own] = objects;
    assert.deepEqual(
      own?.security_group_rules
        .map((rule) => [rule.direction, rule.ethertype, rule.remote_group_id === own.id, rule.belongs_to_default_sg])
        .toSorted(),
      [
        ['egress', 'IPv4', false, true],
        ['egress', 'IPv6', false, true],
        ['ingress', 'IPv4', true, true],
        ['ingress', 'IPv6', true, true],
      ],
    );
    assert.equal((await groups.list(member('s1'), {})).objects.length, 1);
  });

  it('keep the name default for that one', async () => {
    const context = member('s2');
    await assert.rejects(make(context, { name: 'Default' }), {
      code: 'SecurityGroupDefaultAlreadyExists',
      message: 'Default security group already exists.',
    });
    const [own] = (await groups.list(context, {})).objects;
    const target = { id: own?.id ?? '' };
    await assert.rejects(groups.update(context, target, { name: 'mine' }), {
      code: 'SecurityGroupCannotUpdateDefault',
    });
    await assert.rejects(groups.delete(context, target), { code: 'SecurityGroupCannotRemoveDefault' });
    assert.equal((await groups.update(context, target, { description: 'ours' })).description, 'ours');
  });

  it('take rules in the forms that clients write, and none twice', async () => {
    const context = member('s3');
    const id = await make(context, { name: 'web' });
    const rule = { security_group_id: id, direction: 'ingress', ethertype: 'IPv4' };
    const [first] = await rules.create(context, [
      { ...rule, protocol: 'tcp', port_range_min: 80, port_range_max: 80, remote_ip_prefix: '10.0.0.5/24' },
    ]);
    assert.deepEqual([first?.remote_ip_prefix, first?.normalized_cidr], ['10.0.0.5/24', '10.0.0.0/24']);
    assert.equal((await groups.get(context, id)).revision_number, 2);
    await assert.rejects(
      rules.create(context, [
        { ...rule, protocol: '6', port_range_min: 80, port_range_max: 80, remote_ip_prefix: '10.0.0.0/24' },
      ]),
      { code: 'SecurityGroupRuleExists', message: `Security group rule already exists. Rule id is ${first?.id}.` },
    );
    const icmp = { ...rule, ethertype: 'IPv6', protocol: 'icmp' };
    const [v6] = await rules.create(context, [icmp]);
    assert.equal(v6?.protocol, 'ipv6-icmp');
    const all = { ...rule, protocol: 'udp', port_range_min: 1, port_range_max: 65_535 };
    const [whole] = await rules.create(context, [all]);
    assert.deepEqual([whole?.port_range_min, whole?.port_range_max], [null, null]);
    await assert.rejects(rules.create(context, [{ ...rule }, { ...rule }]), {
      code: 'DuplicateSecurityGroupRuleInPost',
    });
  });

  it('refuse rules that make no sense', async () => {
    const context = member('s4');
    const id = await make(context);
    const rows: readonly (readonly [object, string])[] = [
      [{ port_range_min: 80, port_range_max: 80 }, 'SecurityGroupProtocolRequiredWithPorts'],
      [{ protocol: 'tcp', port_range_min: 90, port_range_max: 80 }, 'SecurityGroupInvalidPortRange'],
      [{ protocol: 'tcp', port_range_min: 0, port_range_max: 80 }, 'SecurityGroupInvalidPortValue'],
      [{ protocol: 'tcp', port_range_min: 80, port_range_max: 65_536 }, 'SecurityGroupInvalidPortValue'],
      [{ protocol: 'icmp', port_range_min: 256 }, 'SecurityGroupInvalidIcmpValue'],
      [{ protocol: 'icmp', port_range_max: 1 }, 'SecurityGroupMissingIcmpType'],
      [{ protocol: 'gre', port_range_min: 1, port_range_max: 2 }, 'SecurityGroupInvalidProtocolForPort'],
      [{ protocol: 'bogus' }, 'SecurityGroupRuleInvalidProtocol'],
      [{ protocol: 'ipv6-icmp' }, 'SecurityGroupEthertypeConflictWithProtocol'],
      [{ remote_ip_prefix: '2001:db8::/64' }, 'SecurityGroupRuleParameterConflict'],
      [{ remote_ip_prefix: '10.0.0.0/24', remote_group_id: id }, 'SecurityGroupMultipleRemoteEntites'],
      [{ remote_group_id: 'none' }, 'SecurityGroupNotFound'],
      [{ remote_address_group_id: 'none' }, 'AddressGroupNotFound'],
    ];
    for (const [more, code] of rows) {
      const rule = { security_group_id: id, direction: 'ingress', ethertype: 'IPv4', ...more };
      await assert.rejects(rules.create(context, [rule]), { code }, JSON.stringify(more));
    }
  });

  it('of others are not there, nor are their rules', async () => {
    const id = await make(member('s5'));
    const other = member('s6');
    await assert.rejects(groups.get(other, id), { code: 'SecurityGroupNotFound' });
    await assert.rejects(rules.create(other, [{ security_group_id: id, direction: 'ingress' }]), {
      code: 'SecurityGroupNotFound',
      message: `Security group ${id} does not exist`,
    });
    const seen = await rules.list(other, { filters: { security_group_id: [id] } });
    assert.deepEqual(seen.objects, []);
  });

  it('are on ports: the project’s own one unless others are named, none without port security', async () => {
    const context = member('s7');
    const [net] = await network.networks.create(context, [{ name: 'n' }]);
    const networkId = net?.id ?? '';
    const [plain] = await network.ports.create(context, [{ network_id: networkId }]);
    const [own] = (await groups.list(context, {})).objects;
    assert.deepEqual(plain?.security_groups, [own?.id]);
    const web = await make(context, { name: 'web' });
    const [named] = await network.ports.create(context, [{ network_id: networkId, security_groups: [web] }]);
    assert.deepEqual(named?.security_groups, [web]);
    await assert.rejects(groups.delete(context, { id: web }), {
      code: 'SecurityGroupInUse',
      message: `Security Group ${web} in use.`,
    });
    const found = await network.ports.list(context, { filters: { security_groups: [web] } });
    assert.deepEqual(
      found.objects.map(({ id }) => id),
      [named?.id],
    );
    const target = { id: named?.id ?? '' };
    await assert.rejects(network.ports.update(context, target, { port_security_enabled: false }), {
      code: 'PortSecurityPortHasSecurityGroup',
    });
    const off = await network.ports.update(context, target, { port_security_enabled: false, security_groups: [] });
    assert.deepEqual(off.security_groups, []);
    await assert.rejects(network.ports.update(context, target, { security_groups: [web] }), {
      code: 'PortSecurityAndIPRequiredForSecurityGroups',
    });
    await groups.delete(context, { id: web });
    const foreign = await make(member('s8'));
    await assert.rejects(network.ports.create(context, [{ network_id: networkId, security_groups: [foreign] }]), {
      code: 'SecurityGroupNotFound',
    });
    const stateless = await make(context, { stateful: false });
    await assert.rejects(
      network.ports.create(context, [{ network_id: networkId, security_groups: [own?.id ?? '', stateless] }]),
      { code: 'SecurityGroupConflict' },
    );
  });
});
