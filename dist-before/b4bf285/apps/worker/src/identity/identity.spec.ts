import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import type { ScopeArgs } from '#libs/contracts';
import { createContext } from '#libs/telemetry';
import { Authorizer } from '../policy/authorizer.js';
import { openMemoryStore } from '../testing/memory-store.js';
import type { Store } from '../store/index.js';
import { authenticatePassword, authenticateToken } from './authenticate.js';
import { bootstrapIdentity } from './bootstrap-identity.js';
import { IdentityDirectory } from './identity-directory.js';
import { currentRevocations, storeRevocation, sweepIdentity } from './revocations.js';

const unscoped: ScopeArgs = { kind: 'unscoped' };
const wrong = { code: 'Unauthorized', message: 'The request you have made requires authentication.' };

describe('identity', () => {
  let store: Store;
  let directory: IdentityDirectory;
  before(async () => {
    store = await openMemoryStore();
    directory = new IdentityDirectory(store, new Authorizer());
    await bootstrapIdentity(store, { adminUsername: 'late' });
    await bootstrapIdentity(store, { adminPassword: 'secret' });
    const users = ['alice', 'bob'].map((name) => ({
      id: name,
      name,
      domain_id: 'default',
      password_hash: null,
      default_project_id: null,
      email: null,
    }));
    await store.db.insertInto('users').values(users).execute();
  });
  after(() => store.close());

  const login = (
    password: string,
    scope: ScopeArgs = unscoped,
    user: object = { name: 'admin', domain_id: 'default' },
  ) => authenticatePassword(store, { user, password, scope }, { maxFailures: 3, windowSeconds: 60 });

  it('is bootstrapped once, and keeps a password that is there', async () => {
    await bootstrapIdentity(store, { adminPassword: 'another' });
    await login('secret');
    const counts = await sql`
      select (select count(*) from users where name = 'admin') as users, (select count(*) from roles) as roles,
        (select count(*) from domains) as domains, (select count(*) from implied_roles) as implied,
        (select count(*) from projects) as projects`.execute(store.db);
    assert.deepEqual(counts.rows, [{ users: 1, roles: 5, domains: 1, implied: 3, projects: 1 }]);
    const hash = await store.db.selectFrom('users').select('password_hash').where('name', '=', 'admin').execute();
    assert.match(hash[0]!.password_hash!, /^scrypt\$32768\$8\$1\$/);
  });

  it('gives a password to a first user who had none', async () => {
    const late = { name: 'late', domain_id: 'default' };
    await assert.rejects(login('x', unscoped, late), wrong);
    await bootstrapIdentity(store, { adminUsername: 'late', adminPassword: 'now' });
    assert.equal((await login('now', unscoped, late)).user.name, 'late');
  });

  it('resolves scopes, with the implied roles', async () => {
    const byName = { kind: 'project', project: { name: 'admin', domain_name: 'Default' } } as const;
    const { project, roles, user } = await login('secret', byName);
    assert.equal(project?.name, 'admin');
    assert.deepEqual(
      roles.map((role) => role.name),
      ['admin', 'manager', 'member', 'reader'],
    );
    assert.ok(!('password_hash' in user));
    assert.equal((await login('secret', { kind: 'default' })).project?.id, project.id);
    assert.equal((await login('secret', { kind: 'system' })).system, 'all');
    const none = await login('secret');
    assert.deepEqual([none.project, none.domain, none.system, none.roles], [null, null, null, []]);
    await assert.rejects(login('secret', { kind: 'domain', domain: { id: 'default' } }), wrong);
    await assert.rejects(login('secret', { kind: 'project', project: { id: 'nope' } }), wrong);
    await assert.rejects(login('secret', { kind: 'project', project: { name: 'admin' } }), wrong);
    const again = await authenticateToken(store, { user_id: user.id, scope: byName });
    assert.equal(again.project?.id, project.id);
    await assert.rejects(authenticateToken(store, { user_id: 'nope', scope: unscoped }), wrong);
  });

  it('refuses disabled users and projects with the same error', async () => {
    await store.db.updateTable('projects').set({ enabled: false }).execute();
    await assert.rejects(login('secret', { kind: 'project', project: { name: 'admin', domain_id: 'default' } }), wrong);
    assert.equal((await login('secret', { kind: 'default' })).project, null);
    await store.db.updateTable('projects').set({ enabled: true }).execute();
    await store.db.updateTable('domains').set({ enabled: false }).execute();
    await assert.rejects(login('secret'), wrong);
    await store.db.updateTable('domains').set({ enabled: true }).execute();
    await login('secret');
  });

  it('limits attempts, also on names that nobody has, until the window ends', async () => {
    for (const user of [{ id: 'bob' }, { name: 'nobody', domain_id: 'default' }]) {
      for (let attempt = 0; attempt < 3; attempt += 1) await assert.rejects(login('x', unscoped, user), wrong);
      await assert.rejects(login('x', unscoped, user), { code: 'TooManyAttempts' });
    }
    const rows = await store.db.selectFrom('failed_logins').selectAll().execute();
    assert.equal(rows.length, 2);
    assert.ok(rows.every((row) => !row.subject.includes('nobody')));
    await sql`update failed_logins set window_until = now() - interval '1 second'`.execute(store.db);
    await assert.rejects(login('x', unscoped, { id: 'bob' }), wrong);
    await sql`update failed_logins set window_until = now() - interval '1 second'`.execute(store.db);
    await sweepIdentity(store);
    assert.deepEqual(await store.db.selectFrom('failed_logins').selectAll().execute(), []);
    await assert.rejects(login('x'), wrong);
    await login('secret');
    assert.deepEqual(await store.db.selectFrom('failed_logins').selectAll().execute(), []);
  });

  it('keeps revocations until the tokens expire', async () => {
    const soon = new Date(Date.now() + 60_000).toISOString();
    await storeRevocation(store.db, { audit_id: 'a', expires_at: soon });
    await storeRevocation(store.db, { audit_id: 'a', expires_at: soon });
    await storeRevocation(store.db, { audit_id: 'old', expires_at: '2020-01-01T00:00:00Z' });
    assert.deepEqual(
      (await currentRevocations(store.db)).map((revocation) => revocation.audit_id),
      ['a'],
    );
    await sweepIdentity(store);
    const left = await store.db.selectFrom('token_revocations').select('audit_id').execute();
    assert.deepEqual(left, [{ audit_id: 'a' }]);
  });

  it('shows administrators all and others their own', async () => {
    const admin = createContext({ user_id: 'x', project_id: 'y', roles: ['admin', 'member', 'reader'] });
    const alice = createContext({ user_id: 'alice', user_domain_id: 'default', roles: ['reader'] });
    const names = async (ctx: typeof admin, filters = {}) =>
      (await directory.list(ctx, 'user', { filters })).objects.map((user) => user.name);
    assert.deepEqual(await names(admin), ['admin', 'alice', 'bob', 'late']);
    assert.deepEqual(await names(admin, { name: ['bob', 'alice'], enabled: ['True'] }), ['alice', 'bob']);
    assert.deepEqual(await names(alice), ['alice']);
    assert.equal((await directory.get(alice, 'user', 'alice')).domain_name, 'Default');
    await assert.rejects(directory.get(alice, 'user', 'bob'), { code: 'UserNotFound' });
    assert.deepEqual((await directory.list(alice, 'project', {})).objects, []);
    assert.deepEqual((await directory.list(alice, 'domain', {})).objects.length, 1);
    await assert.rejects(directory.list(admin, 'user', { filters: { password_hash: ['x'] } }), {
      code: 'InvalidFilter',
    });

    const [adminUser] = (await directory.list(admin, 'user', { filters: { name: ['admin'] } })).objects;
    const assignments = await directory.assignments(admin, { filters: { user_id: [adminUser!.id], system: ['all'] } });
    assert.deepEqual(
      assignments.objects.map(({ role, system, user_name: name }) => [role.name, system, name]),
      [['admin', 'all', 'admin']],
    );
    assert.equal((await directory.userProjects(admin, adminUser!.id)).objects[0]?.name, 'admin');
    assert.deepEqual((await directory.userProjects(alice, 'alice')).objects, []);
    await assert.rejects(directory.userProjects(alice, adminUser!.id), { code: 'UserNotFound' });
  });

  it('lists page by page, forwards and backwards', async () => {
    const admin = createContext({ user_id: 'x', roles: ['admin'] });
    const page = (args: object) => directory.list(admin, 'user', { sort_keys: ['name'], ...args });
    const first = await page({ limit: 3 });
    assert.deepEqual(
      first.objects.map((user) => user.name),
      ['admin', 'alice', 'bob'],
    );
    assert.equal(first.next_marker, 'bob');
    const second = await page({ limit: 3, marker: 'bob' });
    assert.deepEqual([second.objects.map((user) => user.name), second.next_marker], [['late'], null]);
    const back = await page({ limit: 1, marker: 'bob', page_reverse: true });
    assert.deepEqual([back.objects.map((user) => user.name), back.next_marker], [['alice'], 'alice']);
    const down = await page({ sort_dirs: ['desc'], marker: 'bob' });
    assert.deepEqual(
      down.objects.map((user) => user.name),
      ['alice', 'admin'],
    );
    await assert.rejects(page({ marker: 'nope' }), { code: 'MarkerNotFound' });
    await assert.rejects(page({ sort_keys: ['password_hash'] }), { code: 'InvalidSortKey' });
  });
});
