import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { RbacPolicy, isTimed } from '#libs/contracts';
import { createContext } from '#libs/telemetry';
import { Authorizer } from '../policy/authorizer.js';
import type { Store } from '../store/index.js';
import { openMemoryStore } from '../testing/memory-store.js';
import { createNetworkManagers } from './create-network-managers.js';
import type { NetworkManagers } from './create-network-managers.js';
import { defaultNetworkSettings } from './network-settings.js';

const admin = createContext({ user_id: 'a', project_id: 'adm', roles: ['admin', 'member', 'reader'] });

describe('changed_since', () => {
  let store: Store;
  let topic: NetworkManagers;
  before(async () => {
    store = await openMemoryStore();
    topic = createNetworkManagers(store, new Authorizer(), defaultNetworkSettings);
  });
  after(() => store.close());

  it('finds what was changed then or later', async () => {
    const [first, second] = await topic.networks.create(admin, [{ name: 'one' }, { name: 'two' }]);
    await store.db
      .updateTable('networks')
      .set({ updated_at: '2020-01-01T00:00:00Z' })
      .where('id', '=', first!.id)
      .execute();
    const found = async (since: string): Promise<string[]> => {
      const { objects } = await topic.networks.list(admin, { filters: { changed_since: [since] } });
      return objects.map(({ id }) => id).filter((id) => id === first!.id || id === second!.id);
    };
    assert.equal((await found('2020-01-01T00:00:00Z')).length, 2);
    assert.deepEqual(await found('2020-01-01T00:00:01Z'), [second!.id]);
    await topic.networks.update(admin, { id: first!.id }, { name: 'uno' });
    assert.equal((await found('2020-01-01T00:00:01Z')).length, 2);
  });

  it('is a filter of all that has the standard attribute', async () => {
    const filters = { changed_since: ['2999-01-01T00:00:00Z'] };
    const timed = [...topic.resources].filter(({ declaration }) => isTimed(declaration));
    assert.ok(timed.length > 10);
    for (const manager of timed) assert.deepEqual((await manager.list(admin, { filters })).objects, []);
    const policies = topic.resources.of(RbacPolicy);
    await assert.rejects(policies.list(admin, { filters }), { code: 'InvalidFilter' });
  });
});
