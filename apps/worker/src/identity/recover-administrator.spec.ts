import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { revocationSubject } from '#libs/contracts';
import type { Store } from '../store/index.js';
import { openMemoryStore } from '../testing/memory-store.js';
import { verifyPassword } from './password-hash.js';
import { recoverAdministrator } from './recover-administrator.js';
import { currentRevocations } from './revocations.js';

const settings = {
  adminUsername: 'root',
  adminPassword: 'first one',
  adminProjectName: 'base',
  region: 'RegionOne',
  tokenSeconds: 3600,
};
const nothing = { created: false, password: false, enabled: false };

describe('recoverAdministrator', () => {
  let store: Store;
  before(async () => {
    store = await openMemoryStore();
  });
  after(() => store.close());
  const user = () => store.db.selectFrom('users').selectAll().where('name', '=', 'root').executeTakeFirstOrThrow();

  it('makes user, project and roles', async () => {
    assert.deepEqual(await recoverAdministrator(store, settings), { ...nothing, created: true });
    assert.ok(await verifyPassword('first one', (await user()).password_hash));
    const { id } = await user();
    const held = await store.db.selectFrom('role_assignments').selectAll().where('user_id', '=', id).execute();
    assert.deepEqual(new Set(held.map(({ system }) => system)), new Set(['all', null]));
  });

  it('changes nothing of what is right, neither password nor tokens', async () => {
    const { password_hash: hash } = await user();
    assert.deepEqual(await recoverAdministrator(store, settings), nothing);
    assert.equal((await user()).password_hash, hash);
    assert.deepEqual(await currentRevocations(store.db), []);
  });

  it('brings a password that was changed to what is given, and refuses the tokens before', async () => {
    const changed = await recoverAdministrator(store, { ...settings, adminPassword: 'second one' });
    assert.deepEqual(changed, { ...nothing, password: true });
    const { id, password_hash: hash } = await user();
    assert.ok(await verifyPassword('second one', hash));
    const [rule] = await currentRevocations(store.db);
    assert.equal(rule?.subject, revocationSubject.user(id));
  });

  it('gives back what keeps the user out: disabled, locked, without its roles or a password', async () => {
    const { id } = await user();
    await store.db.updateTable('users').set({ enabled: false, failed_auth_count: 9, password_hash: null }).execute();
    await store.db.deleteFrom('role_assignments').execute();
    const { enabled } = await recoverAdministrator(store, settings);
    assert.equal(enabled, true);
    const after = await user();
    assert.equal(after.enabled, true);
    assert.equal(after.failed_auth_count, 0);
    assert.ok(await verifyPassword('first one', after.password_hash));
    const held = await store.db.selectFrom('role_assignments').selectAll().where('user_id', '=', id).execute();
    assert.equal(held.length, 2);
  });
});
