import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createContext } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import { Authorizer } from '../policy/authorizer.js';
import type { Store } from '../store/index.js';
import { openMemoryStore } from '../testing/memory-store.js';
import { createNetworkManagers } from './create-network-managers.js';
import type { NetworkManagers } from './create-network-managers.js';
import { defaultNetworkSettings } from './network-settings.js';

const member = (project: string): RequestContext =>
  createContext({ user_id: 'u', project_id: project, roles: ['member', 'reader'] });
const admin = createContext({ user_id: 'a', project_id: 'admin', roles: ['admin'], is_admin: true });

describe('quotas of the Network API', () => {
  let store: Store;
  let managers: NetworkManagers;
  before(async () => {
    store = await openMemoryStore();
    managers = createNetworkManagers(store, new Authorizer(), defaultNetworkSettings);
  });
  after(() => store.close());

  it('of a project hold from then on, and its defaults again once they are deleted', async () => {
    const { quotas, networks } = managers;
    const changed = await quotas.update(admin, { project_id: 'q1', limits: { network: 1 } });
    assert.deepEqual([changed['network'], changed['subnet']?.limit], [{ limit: 1, used: 0 }, 100]);
    await networks.create(member('q1'), [{ name: 'n' }]);
    await assert.rejects(networks.create(member('q1'), [{ name: 'n' }]), { code: 'OverQuota' });
    assert.deepEqual((await quotas.defaults(member('q1'), 'q1'))['network'], { limit: 100, used: 0 });
    const listed = await quotas.list(admin);
    assert.deepEqual(
      listed.map(({ project_id: project, limits }) => [project, limits['network']]),
      [['q1', 1]],
    );
    await quotas.delete(admin, 'q1');
    await networks.create(member('q1'), [{ name: 'n' }]);
    await assert.rejects(quotas.delete(admin, 'q1'), { code: 'TenantQuotaNotFound' });
  });

  it('are not set below what there is, but by force', async () => {
    const { quotas, networks } = managers;
    await networks.create(member('q2'), [{}, {}]);
    const low = { project_id: 'q2', limits: { network: 1 } };
    await assert.rejects(quotas.update(admin, low), {
      code: 'QuotaBelowUsage',
      message: 'Quota limit 1 for network must be greater than or equal to already used 2',
    });
    assert.deepEqual((await quotas.update(admin, { ...low, force: true }))['network'], { limit: 1, used: 2 });
    await quotas.update(admin, { project_id: 'q2', limits: { network: -1 } });
  });

  it('are changed and listed by administrators; others are read by them and by managers of the project', async () => {
    const { quotas } = managers;
    const denied = { code: 'PolicyNotAuthorized' };
    await assert.rejects(quotas.update(member('q3'), { project_id: 'q3', limits: {} }), denied);
    await assert.rejects(quotas.delete(member('q3'), 'q3'), denied);
    await assert.rejects(quotas.list(member('q3')), denied);
    await assert.rejects(quotas.get(member('q3'), 'q4'), denied);
    const manager = createContext({ user_id: 'm', project_id: 'q3', roles: ['manager', 'member', 'reader'] });
    await assert.rejects(quotas.list(manager), denied);
    await quotas.get(member('q3'), 'q3');
  });
});
