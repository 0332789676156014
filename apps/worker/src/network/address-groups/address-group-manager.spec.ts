import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { createContext } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import { Authorizer } from '../../policy/authorizer.js';
import type { Store } from '../../store/index.js';
import { openMemoryStore } from '../../testing/memory-store.js';
import { createNetworkManagers } from '../create-network-managers.js';
import { defaultNetworkSettings } from '../network-settings.js';
import { AddressGroupManager } from './address-group-manager.js';

const member = (project: string): RequestContext =>
  createContext({ user_id: 'u', project_id: project, roles: ['member', 'reader'] });

describe('address groups', () => {
  let store: Store;
  let groups: AddressGroupManager;
  before(async () => {
    store = await openMemoryStore();
    groups = createNetworkManagers(store, new Authorizer(), defaultNetworkSettings).resources.get(AddressGroupManager);
  });
  after(() => store.close());

  it('hold networks, each once and without host bits', async () => {
    const [group] = await groups.create(member('a1'), [{ name: 'g', addresses: ['10.0.0.5/24', '2001:db8::1/64'] }]);
    assert.deepEqual(
      [group?.name, group?.description, group?.addresses, group?.revision_number],
      ['g', '', ['10.0.0.0/24', '2001:db8::/64'], 1],
    );
  });

  it('take and give back addresses by their actions', async () => {
    const context = member('a2');
    const [{ id } = { id: '' }] = await groups.create(context, [{}]);
    const act = (name: string, ...addresses: string[]) => groups.act(context, name, { id, body: { addresses } });
    await act('add_addresses', '10.0.0.0/24', '10.0.1.0/24');
    await assert.rejects(act('add_addresses', '10.0.1.9/24'), {
      code: 'AddressesAlreadyExist',
      message: `Addresses ['10.0.1.0/24'] already exist in the address group ${id}.`,
    });
    await assert.rejects(act('remove_addresses', '10.0.2.0/24'), { code: 'AddressesNotFound' });
    const left = await act('remove_addresses', '10.0.0.0/24');
    assert.deepEqual(Reflect.get(left, 'addresses'), ['10.0.1.0/24']);
    assert.equal(Reflect.get(left, 'revision_number'), 3);
  });

  it('of others are not there', async () => {
    const [{ id } = { id: '' }] = await groups.create(member('a3'), [{ name: 'mine' }]);
    const other = member('a4');
    for (const work of [
      () => groups.get(other, id),
      () => groups.update(other, { id }, { name: 'x' }),
      () => groups.delete(other, { id }),
      () => groups.act(other, 'add_addresses', { id, body: { addresses: [] } }),
    ]) {
      await assert.rejects(work(), {
        code: 'AddressGroupNotFound',
        message: `Address group ${id} could not be found.`,
      });
    }
    assert.deepEqual((await groups.list(other, {})).objects, []);
    const changed = await groups.update(member('a3'), { id, expected_revision: 1 }, { name: 'ours' });
    assert.deepEqual([changed.name, changed.revision_number], ['ours', 2]);
    await sql`insert into rbac_policies (id, project_id, object_type, object_id, action, target_project)
      values ('shared-with-a4', 'a3', 'address_group', ${id}, 'access_as_shared', 'a4')`.execute(store.db);
    assert.equal((await groups.get(other, id)).id, id);
    // As in neutron, whose policy rules do not see that it is shared.
    await assert.rejects(groups.update(other, { id }, { name: 'x' }), { code: 'AddressGroupNotFound' });
    await groups.delete(member('a3'), { id });
    await assert.rejects(groups.get(member('a3'), id), { code: 'AddressGroupNotFound' });
  });
});
