import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createContext } from '#libs/telemetry';
import { Authorizer } from '../../policy/authorizer.js';
import type { Store } from '../../store/index.js';
import { openMemoryStore } from '../../testing/memory-store.js';
import { createNetworkManagers } from '../create-network-managers.js';
import { defaultNetworkSettings } from '../network-settings.js';
import { MeteringLabelManager, MeteringLabelRuleManager } from './metering-label-manager.js';

const manager = createContext({ user_id: 'u', project_id: 'm1', roles: ['manager', 'member', 'reader'] });
const member = createContext({ user_id: 'u', project_id: 'm1', roles: ['member', 'reader'] });

describe('metering', () => {
  let store: Store;
  let labels: MeteringLabelManager;
  let rules: MeteringLabelRuleManager;
  before(async () => {
    store = await openMemoryStore();
    const { resources } = createNetworkManagers(store, new Authorizer(), defaultNetworkSettings);
    labels = resources.get(MeteringLabelManager);
    rules = resources.get(MeteringLabelRuleManager);
  });
  after(() => store.close());

  it('has labels that managers make, and rules that go with them', async () => {
    await assert.rejects(labels.create(member, [{ name: 'l' }]), { code: 'PolicyNotAuthorized' });
    const [label] = await labels.create(manager, [{ name: 'l', description: 'd' }]);
    const id = label?.id ?? '';
    const rule = { metering_label_id: id, direction: 'ingress' };
    const [made] = await rules.create(manager, [{ ...rule, remote_ip_prefix: '10.0.0.0/24' }]);
    assert.deepEqual([made?.excluded, made?.source_ip_prefix], [false, null]);
    await assert.rejects(rules.create(manager, [{ ...rule, remote_ip_prefix: '10.0.0.128/25' }]), {
      code: 'MeteringLabelRuleOverlaps',
    });
    await rules.create(manager, [{ ...rule, remote_ip_prefix: '10.0.0.128/25', excluded: true }]);
    await rules.create(manager, [{ ...rule, source_ip_prefix: '10.0.0.0/24', destination_ip_prefix: '10.1.0.0/24' }]);
    await assert.rejects(rules.create(manager, [rule]), /at least one of/);
    const both = { remote_ip_prefix: '10.2.0.0/24', source_ip_prefix: '10.2.0.0/24' };
    await assert.rejects(rules.create(manager, [{ ...rule, ...both }]), /in conjunction/);
    await labels.delete(manager, { id });
    assert.equal((await rules.list(manager, {})).objects.length, 0);
  });

  it('refuses rules of a label that is not there', async () => {
    const rule = { metering_label_id: '11111111-2222-4333-8444-555555555555', direction: 'egress' };
    await assert.rejects(rules.create(manager, [{ ...rule, remote_ip_prefix: '10.0.0.0/24' }]), {
      code: 'MeteringLabelNotFound',
    });
  });
});
