import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { sql } from 'kysely';
import type { NamedReference } from '#libs/contracts';
import { createContext } from '#libs/telemetry';
import type { Store } from '../store/index.js';
import { openMemoryStore } from '../testing/memory-store.js';
import { authenticatePassword } from './authenticate.js';
import { bootstrapIdentity } from './bootstrap-identity.js';
import { DEFAULT_LOGIN_LIMITS, loginSource } from './login-attempts.js';
import type { LoginLimits } from './login-attempts.js';
import { hashPassword } from './password-hash.js';
import { sweepIdentity } from './revocations.js';

const LIMITS: LoginLimits = { ...DEFAULT_LOGIN_LIMITS, maxFailures: 2, maxFailuresInAll: 5 };
const admin: NamedReference = { name: 'admin', domain_id: 'default' };
const refused = { code: 'TooManyAttempts' };
const wrong = { code: 'Unauthorized' };

describe('failed log-ins', () => {
  let store: Store;
  before(async () => {
    store = await openMemoryStore();
    await bootstrapIdentity(store, { adminPassword: 'secret' });
    const hash = await hashPassword('secret', { cost: 16, blockSize: 8, parallelization: 1 });
    await store.db.updateTable('users').set({ password_hash: hash }).execute();
  });
  beforeEach(async () => {
    for (const table of ['failed_logins', 'login_sources'] as const) await store.db.deleteFrom(table).execute();
    await store.db.updateTable('users').set({ failed_auth_count: 0, failed_auth_at: null, options: '{}' }).execute();
  });
  after(() => store.close());

  const login = (password: string, source: string, user = admin, limits = LIMITS) =>
    authenticatePassword(store, { user, password, scope: { kind: 'unscoped' } }, { source, limits });
  const fail = async (times: number, source: string, user = admin, limits = LIMITS): Promise<void> => {
    for (let time = 0; time < times; time += 1) await assert.rejects(login('x', source, user, limits), wrong);
  };

  it('lock out the source that made them, and nobody else', async () => {
    await fail(2, '192.0.2.1');
    await assert.rejects(login('secret', '192.0.2.1'), refused);
    await login('secret', '192.0.2.2');
    // A correct log-in from another source must not unlock the guesser's source.
    await assert.rejects(login('secret', '192.0.2.1'), refused);
  });

  it('from many sources together are bounded, but for the one from which the user has just logged in', async () => {
    await login('secret', '198.51.100.7');
    for (const host of [1, 2, 3, 4, 5]) await fail(1, `192.0.2.${host}`);
    await assert.rejects(login('secret', '192.0.2.6'), refused);
    await login('secret', '198.51.100.7');
  });

  it('from the address of a user who has just logged in do not lock it out before the higher bound', async () => {
    await login('secret', '192.0.2.1');
    await fail(4, '192.0.2.1');
    await login('secret', '192.0.2.1');
    await fail(5, '192.0.2.1');
    await assert.rejects(login('secret', '192.0.2.1'), refused);
  });

  it('of one source for many names are bounded: each costs a hash', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await fail(1, '192.0.2.1', { name, domain_id: 'default' });
    await assert.rejects(login('x', '192.0.2.1', { name: 'f', domain_id: 'default' }), refused);
    await login('secret', '192.0.2.2');
  });

  it('tell nobody who exists: a user and a name that nobody has are counted alike, however they are spelt', async () => {
    for (const name of ['admin', 'nobody']) {
      const spellings: readonly NamedReference[] = [
        { name, domain_id: 'default' },
        { name, domain_name: 'Default' },
        { name, domain_name: 'dEFAULT' },
      ];
      for (const user of spellings.slice(0, 2)) await fail(1, `192.0.2.1`, user);
      for (const user of spellings) await assert.rejects(login('x', '192.0.2.1', user), refused);
      await sql`delete from failed_logins`.execute(store.db);
    }
    for (const domain of ['gone', 'Gone']) await fail(1, '192.0.2.3', { name: 'x', domain_name: domain });
    await assert.rejects(login('x', '192.0.2.3', { name: 'x', domain_name: 'GONE' }), refused);
  });

  it('of a user named by id count as those by name', async () => {
    const { id } = await store.db
      .selectFrom('users')
      .select('id')
      .where('name', '=', 'admin')
      .executeTakeFirstOrThrow();
    await fail(1, '192.0.2.1', { id });
    await fail(1, '192.0.2.1', admin);
    await assert.rejects(login('x', '192.0.2.1', { id }), refused);
  });

  it('are forgotten when their window is over, and swept', async () => {
    await fail(2, '192.0.2.1');
    await sql`update failed_logins set window_until = now() - interval '1 second'`.execute(store.db);
    await login('secret', '192.0.2.1');
    await fail(1, '192.0.2.1');
    await sql`update failed_logins set window_until = now() - interval '1 second'`.execute(store.db);
    await sql`update login_sources set succeeded_at = now() - interval '2 days'`.execute(store.db);
    await sweepIdentity(store);
    assert.deepEqual(await store.db.selectFrom('failed_logins').selectAll().execute(), []);
    assert.deepEqual(await store.db.selectFrom('login_sources').selectAll().execute(), []);
  });

  it('tell the seconds that are left, and the rows name nobody', async () => {
    await fail(2, '192.0.2.1');
    await assert.rejects(login('x', '192.0.2.1'), (error: Error & { details?: { retry_after?: number } }) => {
      const seconds = error.details?.retry_after ?? 0;
      assert.ok(seconds > 0 && seconds <= 60, error.message);
      assert.match(error.message, new RegExp(` ${seconds} seconds`));
      return true;
    });
    const rows = await store.db.selectFrom('failed_logins').select('subject').execute();
    assert.ok(rows.every(({ subject }) => !subject.includes('admin')));
  });

  it('with lockout_failure_attempts lock the user everywhere, until lockout_duration is over or it is enabled', async () => {
    const limits = { ...LIMITS, lockoutAttempts: 3, lockoutSeconds: 1800 };
    await login('secret', '192.0.2.9', admin, limits);
    for (const host of [1, 2, 3]) await fail(1, `192.0.2.${host}`, admin, limits);
    await assert.rejects(login('secret', '192.0.2.9', admin, limits), wrong);
    await login('secret', '192.0.2.9', admin, LIMITS);
    for (const host of [4, 5, 6]) await fail(1, `192.0.2.${host}`, admin, { ...limits, maxFailuresInAll: 50 });
    await sql`update users set failed_auth_at = now() - interval '1801 seconds'`.execute(store.db);
    await login('secret', '192.0.2.9', admin, limits);
  });

  it('of a user with ignore_lockout_failure_attempts lock nothing', async () => {
    const limits = { ...LIMITS, lockoutAttempts: 2 };
    const options = JSON.stringify({ ignore_lockout_failure_attempts: true });
    await store.db.updateTable('users').set({ options }).where('name', '=', 'admin').execute();
    await fail(8, '192.0.2.1', admin, limits);
    await login('secret', '192.0.2.1', admin, limits);
  });
});

describe('loginSource', () => {
  const source = (remote_address?: string): string => loginSource(createContext({ remote_address }));

  it('is an IPv4 address, also as an IPv6 socket shows it, or an IPv6 network of 64 bits', () => {
    assert.equal(source('192.0.2.1'), '192.0.2.1');
    assert.equal(source('::ffff:192.0.2.1'), '192.0.2.1');
    assert.equal(source('2001:db8::1'), '2001:db8::/64');
    assert.equal(source('2001:db8::ffff:1'), '2001:db8::/64');
    assert.equal(source('2001:db8:0:1::1'), '2001:db8:0:1::/64');
  });

  it('is empty where none is known', () => {
    assert.deepEqual([source(), source('unknown'), source('')], ['', '', '']);
  });
});
