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
import { RbacPolicyManager } from '../sharing/rbac-policy-manager.js';
import { QosPolicyManager } from './qos-policy-manager.js';
import {
  QosBandwidthLimitRuleManager,
  QosDscpMarkingRuleManager,
  QosMinimumBandwidthRuleManager,
} from './qos-rule-managers.js';

const manager = (project: string): RequestContext =>
  createContext({ user_id: 'u', project_id: project, roles: ['manager', 'member', 'reader'] });
const member = (project: string): RequestContext =>
  createContext({ user_id: 'u', project_id: project, roles: ['member', 'reader'] });

describe('QoS policies', () => {
  let store: Store;
  let all: NetworkManagers;
  let policies: QosPolicyManager;
  let limits: QosBandwidthLimitRuleManager;
  before(async () => {
    store = await openMemoryStore();
    all = createNetworkManagers(store, new Authorizer(), defaultNetworkSettings);
    policies = all.resources.get(QosPolicyManager);
    limits = all.resources.get(QosBandwidthLimitRuleManager);
  });
  after(() => store.close());

  const policyOf = async (context: RequestContext, input: object = {}) => {
    const [policy] = await policies.create(context, [{ name: 'q', ...input }]);
    return policy?.id ?? '';
  };

  it('show their rules, and grow with them', async () => {
    const context = manager('q1');
    const qos_policy_id = await policyOf(context);
    const [limit] = await limits.create(context, [{ qos_policy_id, max_kbps: 1000 }]);
    await all.resources.get(QosDscpMarkingRuleManager).create(context, [{ qos_policy_id, dscp_mark: 26 }]);
    const policy = await policies.get(context, qos_policy_id);
    assert.equal(policy.revision_number, 3);
    assert.deepEqual(policy.rules, [
      { id: limit?.id, qos_policy_id, type: 'bandwidth_limit', max_kbps: 1000, max_burst_kbps: 0, direction: 'egress' },
      { ...policy.rules[1], type: 'dscp_marking', dscp_mark: 26 },
    ]);
    const id = limit?.id ?? '';
    const target = { id, parent_id: qos_policy_id };
    assert.equal(Reflect.get(await limits.update(context, target, { max_kbps: 2000 }), 'max_kbps'), 2000);
    await assert.rejects(limits.get(context, id, undefined, 'another'), { code: 'QosRuleNotFound' });
    await limits.delete(context, target);
    assert.equal((await policies.get(context, qos_policy_id)).rules.length, 1);
  });

  it('have one rule of a kind and direction, in the right order', async () => {
    const context = manager('q2');
    const qos_policy_id = await policyOf(context);
    await limits.create(context, [{ qos_policy_id, max_kbps: 1000 }]);
    await assert.rejects(limits.create(context, [{ qos_policy_id, max_kbps: 5 }]), { code: 'QoSRulesConflict' });
    const [other] = await limits.create(context, [{ qos_policy_id, max_kbps: 5, direction: 'ingress' }]);
    const flipped = { id: other?.id ?? '', parent_id: qos_policy_id };
    await assert.rejects(limits.update(context, flipped, { direction: 'egress' }), { code: 'QoSRulesConflict' });
    const least = all.resources.get(QosMinimumBandwidthRuleManager);
    await assert.rejects(least.create(context, [{ qos_policy_id, min_kbps: 1001 }]), {
      code: 'QoSRuleParameterConflict',
    });
    await least.create(context, [{ qos_policy_id, min_kbps: 1000 }]);
  });

  it('are made by managers, and their rules by managers of the project', async () => {
    await assert.rejects(policies.create(member('q3'), [{ name: 'q' }]), { code: 'PolicyNotAuthorized' });
    const qos_policy_id = await policyOf(manager('q3'));
    await assert.rejects(limits.create(member('q3'), [{ qos_policy_id, max_kbps: 1 }]), {
      code: 'PolicyNotAuthorized',
    });
    await assert.rejects(limits.create(manager('x3'), [{ qos_policy_id, max_kbps: 1 }]), {
      code: 'QosPolicyNotFound',
    });
    const [rule] = await limits.create(manager('q3'), [{ qos_policy_id, max_kbps: 1 }]);
    assert.equal((await limits.list(member('q3'), {})).objects.length, 1);
    assert.equal((await limits.list(member('x3'), {})).objects.length, 0);
    await assert.rejects(limits.get(member('x3'), rule?.id ?? ''), { code: 'QosRuleNotFound' });
  });

  it('are given to networks and ports, and stay while they are', async () => {
    const context = manager('q4');
    const id = await policyOf(context, { is_default: true });
    await assert.rejects(policyOf(context, { is_default: true }), { code: 'QoSPolicyDefaultAlreadyExists' });
    const [network] = await all.networks.create(context, [{}]);
    assert.equal(network?.qos_policy_id, id);
    const own = await policyOf(context);
    const [port] = await all.ports.create(context, [{ network_id: network?.id ?? '', qos_policy_id: own }]);
    assert.deepEqual([port?.qos_policy_id, port?.qos_network_policy_id], [own, id]);
    await assert.rejects(policies.delete(context, { id: own }), { code: 'QosPolicyInUse' });
    await all.ports.update(context, { id: port?.id ?? '' }, { qos_policy_id: null });
    await policies.delete(context, { id: own });
    await assert.rejects(policies.delete(context, { id }), { code: 'QosPolicyInUse' });
    await all.networks.update(context, { id: network?.id ?? '' }, { qos_policy_id: null });
    await policies.delete(context, { id });
  });

  it('are not taken away by who may not use them, from what has them', async () => {
    const id = await policyOf(manager('q6'));
    const admin = createContext({ user_id: 'a', project_id: 'admin', roles: ['admin'], is_admin: true });
    const [network] = await all.networks.create(member('x6'), [{}]);
    const target = { id: network?.id ?? '' };
    await all.networks.update(admin, target, { qos_policy_id: id });
    const apart = { qos_policy_id: null };
    await assert.rejects(all.networks.update(member('x6'), target, apart), { code: 'PolicyRemoveAuthorizationError' });
    await policies.update(admin, { id }, { shared: true });
    assert.equal((await all.networks.update(member('x6'), target, apart)).qos_policy_id, null);
  });

  it('stay shared with everybody while the owner uses one, too', async () => {
    const admin = createContext({ user_id: 'a', project_id: 'q7', roles: ['admin'], is_admin: true });
    const id = await policyOf(admin, { shared: true });
    const [network] = await all.networks.create(admin, [{ qos_policy_id: id }]);
    await assert.rejects(policies.update(admin, { id }, { shared: false }), { code: 'RbacPolicyInUse' });
    await all.networks.delete(admin, { id: network?.id ?? '' });
    assert.equal((await policies.update(admin, { id }, { shared: false })).shared, false);
  });

  it('of others are not there, unless an RBAC policy shares them', async () => {
    const id = await policyOf(manager('q5'));
    await assert.rejects(all.networks.create(member('x5'), [{ qos_policy_id: id }]), { code: 'QosPolicyNotFound' });
    const sharing = { object_type: 'qos_policy', action: 'access_as_shared', object_id: id, target_project: 'x5' };
    const [policy] = await all.resources.get(RbacPolicyManager).create(member('q5'), [sharing]);
    await all.networks.create(member('x5'), [{ qos_policy_id: id }]);
    const target = { id: policy?.id ?? '' };
    const rbac = all.resources.get(RbacPolicyManager);
    await assert.rejects(rbac.delete(member('q5'), target), { code: 'RbacPolicyInUse' });
    await assert.rejects(rbac.update(member('q5'), target, { target_project: 'y5' }), { code: 'RbacPolicyInUse' });
  });
});
