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
import { SecurityGroupManager } from '../security-groups/security-group-manager.js';
import { AddressScopeManager } from '../address-scopes/address-scope-manager.js';
import { SubnetPoolManager } from '../subnet-pools/subnet-pool-manager.js';
import { RbacPolicyManager } from './rbac-policy-manager.js';

const member = (project: string): RequestContext =>
  createContext({ user_id: 'u', project_id: project, roles: ['member', 'reader'] });
const admin = createContext({ user_id: 'a', project_id: 'admin', roles: ['admin'], is_admin: true });

describe('RBAC policies', () => {
  let store: Store;
  let all: NetworkManagers;
  let policies: RbacPolicyManager;
  before(async () => {
    store = await openMemoryStore();
    all = createNetworkManagers(store, new Authorizer(), defaultNetworkSettings);
    policies = all.resources.get(RbacPolicyManager);
  });
  after(() => store.close());

  const share = async (
    context: RequestContext,
    object_id: string,
    target_project: string,
    more: { object_type?: string; action?: string } = {},
  ) => {
    const input = { object_type: 'network', action: 'access_as_shared', ...more, object_id, target_project };
    const [policy] = await policies.create(context, [input]);
    assert.ok(policy !== undefined);
    return policy;
  };
  const networkOf = async (context: RequestContext, input: object = {}) => {
    const [network] = await all.networks.create(context, [input]);
    assert.ok(network !== undefined);
    return network.id;
  };
  const seen = async (context: RequestContext, id: string) => {
    const { objects } = await all.networks.list(context, { filters: { id: [id] } });
    return objects.map(({ shared, router_external: external }) => ({ shared, external }));
  };

  it('share a network with one project, which then sees its subnets and makes ports', async () => {
    const [owner, friend, stranger] = [member('o1'), member('f1'), member('x1')];
    const id = await networkOf(owner);
    await all.subnets.create(owner, [{ network_id: id, ip_version: 4, cidr: '10.0.0.0/24' }]);
    assert.deepEqual(await seen(friend, id), []);
    const policy = await share(owner, id, 'f1');
    assert.deepEqual(await seen(friend, id), [{ shared: true, external: false }]);
    assert.deepEqual(await seen(owner, id), [{ shared: false, external: false }]);
    assert.deepEqual(await seen(stranger, id), []);
    assert.equal((await all.subnets.list(friend, { filters: { network_id: [id] } })).objects.length, 1);
    const [port] = await all.ports.create(friend, [{ network_id: id }]);
    await assert.rejects(policies.delete(owner, { id: policy.id }), { code: 'RbacPolicyInUse' });
    await all.ports.delete(friend, { id: port?.id ?? '' });
    await policies.delete(owner, { id: policy.id });
    assert.deepEqual(await seen(friend, id), []);
  });

  it('are there for a network that is made shared or external, and make one so', async () => {
    const id = await networkOf(admin, { shared: true, router_external: true });
    const { objects } = await policies.list(admin, { filters: { object_id: [id] } });
    const reaches = objects.map(({ action, target_project: target }) => `${action} ${target}`);
    assert.deepEqual(new Set(reaches), new Set(['access_as_external *', 'access_as_shared *']));
    await all.networks.update(admin, { id }, { shared: false, router_external: false });
    assert.equal((await policies.list(admin, { filters: { object_id: [id] } })).objects.length, 0);
    const policy = await share(admin, id, 'f2', { action: 'access_as_external' });
    assert.deepEqual(await seen(member('f2'), id), [{ shared: false, external: true }]);
    assert.deepEqual(await seen(member('x2'), id), []);
    const all2 = await share(admin, id, '*');
    assert.deepEqual(await seen(member('x2'), id), [{ shared: true, external: true }]);
    await policies.delete(admin, { id: all2.id });
    await policies.delete(admin, { id: policy.id });
    assert.deepEqual(await seen(member('x2'), id), []);
    assert.equal((await all.networks.get(admin, id)).router_external, false);
  });

  it('leave the default external network to everybody', async () => {
    const id = await networkOf(admin, { router_external: true, is_default: true });
    const { objects } = await policies.list(admin, { filters: { object_id: [id] } });
    const [policy] = objects;
    assert.ok(policy);
    await assert.rejects(policies.delete(admin, { id: policy.id }), {
      code: 'RbacPolicyInUse',
      message: /must be shared/,
    });
    await assert.rejects(policies.update(admin, { id: policy.id }, { target_project: 'p9' }), {
      code: 'RbacPolicyInUse',
    });
    await all.networks.update(admin, { id }, { is_default: false });
    await policies.delete(admin, { id: policy.id });
  });

  it('share a pool only with those who see its address scope', async () => {
    const owner = member('o8');
    const [scope] = await all.resources.get(AddressScopeManager).create(owner, [{ name: 's', ip_version: 4 }]);
    const pool = { name: 'p', prefixes: ['10.8.0.0/16'], address_scope_id: scope?.id ?? '' };
    const [made] = await all.resources.get(SubnetPoolManager).create(owner, [pool]);
    const shared = () => share(owner, made?.id ?? '', 'f8', { object_type: 'subnetpool' });
    await assert.rejects(shared(), /doesn't have access to associated address scope/);
    await share(owner, scope?.id ?? '', 'f8', { object_type: 'address_scope' });
    assert.equal((await shared()).target_project, 'f8');
  });

  it('share a security group', async () => {
    const groups = all.resources.get(SecurityGroupManager);
    const [group] = await groups.create(member('o3'), [{ name: 'g' }]);
    const id = group?.id ?? '';
    await assert.rejects(groups.get(member('f3'), id), { code: 'SecurityGroupNotFound' });
    const policy = await share(member('o3'), id, 'f3', { object_type: 'security_group' });
    assert.equal((await groups.get(member('f3'), id)).shared, true);
    await assert.rejects(groups.update(member('f3'), { id }, { name: 'mine' }), { code: 'PolicyNotAuthorized' });
    const network_id = await networkOf(member('f3'));
    await all.ports.create(member('f3'), [{ network_id, security_groups: [id] }]);
    await assert.rejects(policies.delete(member('o3'), { id: policy.id }), { code: 'RbacPolicyInUse' });
  });

  it("are about one's own objects, and for all only from administrators", async () => {
    const id = await networkOf(member('o4'));
    const shared = await networkOf(admin, { shared: true });
    await assert.rejects(share(member('x4'), id, 'x4'), { code: 'NetworkNotFound' });
    await assert.rejects(share(member('x4'), shared, 'x4'), { code: 'InvalidInput' });
    await assert.rejects(share(member('o4'), id, '*'), { code: 'PolicyNotAuthorized' });
    await assert.rejects(share(member('o4'), id, 'f4', { action: 'access_as_god' }), { code: 'InvalidActionForType' });
    const policy = await share(member('o4'), id, 'f4');
    await assert.rejects(share(member('o4'), id, 'f4'), { code: 'DuplicateRbacPolicy' });
    await assert.rejects(policies.update(member('o4'), { id: policy.id }, { target_project: '*' }), {
      code: 'PolicyNotAuthorized',
    });
    await policies.update(member('o4'), { id: policy.id }, { target_project: 'f5' });
    assert.deepEqual(await seen(member('f4'), id), []);
    assert.deepEqual(await seen(member('f5'), id), [{ shared: true, external: false }]);
    await assert.rejects(policies.get(member('f5'), policy.id), { code: 'RbacPolicyNotFound' });
    await all.networks.delete(member('o4'), { id });
    await assert.rejects(policies.get(member('o4'), policy.id), { code: 'RbacPolicyNotFound' });
  });
});
