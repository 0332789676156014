import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { IdentityCloud, startIdentityCloud } from '../support/identity-cloud.js';
import type { IdentityAnswer } from '../support/identity-cloud.js';

const FIRST = 'first-password-1';

describe('rules for passwords', () => {
  let cloud: IdentityCloud | undefined;
  after(() => cloud?.stop());

  const logIn = (user: string, password: string): Promise<IdentityAnswer> | undefined => {
    const body = IdentityCloud.credentials(user, 'unscoped', password);
    return cloud?.ask('POST', '/v3/auth/tokens', { token: null, body });
  };

  it('are their strength, their age, those before them, and a change at first use', async () => {
    cloud = await startIdentityCloud({
      OS_SECURITY_COMPLIANCE__PASSWORD_REGEX: String.raw`(?=.*\d).{7,}$`,
      OS_SECURITY_COMPLIANCE__PASSWORD_REGEX_DESCRIPTION: 'a digit and seven characters',
      OS_SECURITY_COMPLIANCE__PASSWORD_EXPIRES_DAYS: '90',
      OS_SECURITY_COMPLIANCE__UNIQUE_LAST_PASSWORD_COUNT: '2',
      OS_SECURITY_COMPLIANCE__MINIMUM_PASSWORD_AGE: '1',
      OS_SECURITY_COMPLIANCE__DISABLE_USER_ACCOUNT_DAYS_INACTIVE: '30',
      OS_SECURITY_COMPLIANCE__CHANGE_PASSWORD_UPON_FIRST_USE: 'true',
    });
    const weak = await cloud.ask('POST', '/v3/users', { body: { user: { name: 'weak', password: 'short' } } });
    assert.equal(weak.status, 400);
    assert.match(weak.text, /does not match the requirements: a digit and seven characters/);
    const user = await cloud.make('user', { name: 'fresh', password: FIRST });
    const over = await logIn(user, FIRST);
    assert.equal(over?.status, 401);
    assert.match(over?.text ?? '', new RegExp(`expired and needs to be changed for user: ${user}`));
    assert.doesNotMatch((await logIn(user, 'wrong-password-1'))?.text ?? '', /expired/);
    const change = async (from: string, to: string): Promise<IdentityAnswer | undefined> =>
      cloud?.ask('POST', `/v3/users/${user}/password`, {
        token: null,
        body: { user: { original_password: from, password: to } },
      });
    const second = 'second-password-2';
    assert.equal((await change(FIRST, second))?.status, 204);
    const good = await logIn(user, second);
    assert.equal(good?.status, 201);
    const shown = await cloud.expect(200, 'GET', `/v3/users/${user}`);
    const days = (Date.parse(`${String(shown['password_expires_at'])}Z`) - Date.now()) / 86_400_000;
    assert.ok(days > 89 && days <= 90, String(days));
    const told = (good?.json['token'] as { user: Record<string, unknown> } | undefined)?.user;
    assert.equal(told?.['password_expires_at'], shown['password_expires_at']);
    const early = await change(second, 'third-password-3');
    assert.match(early?.text ?? '', /minimum password age/);
    const reset = { user: { password: 'reset-password-4', options: { ignore_change_password_upon_first_use: true } } };
    await cloud.expect(200, 'PATCH', `/v3/users/${user}`, { body: reset });
    assert.equal((await logIn(user, 'reset-password-4'))?.status, 201);
    assert.match((await change('reset-password-4', second))?.text ?? '', /identical to a previous password/);
    assert.equal((await change('reset-password-4', FIRST))?.status, 204);
  });

  it('disables who has not logged in for long, unless an option exempts it, until it is enabled again', async () => {
    assert.ok(cloud !== undefined);
    const user = await cloud.make('user', {
      name: 'away',
      password: FIRST,
      options: { ignore_change_password_upon_first_use: true },
    });
    assert.equal((await logIn(user, FIRST))?.status, 201);
    const away = async (): Promise<void> => {
      await cloud?.store.db.updateTable('users').set({ last_active_at: '2026-01-01' }).where('id', '=', user).execute();
    };
    await away();
    assert.equal((await logIn(user, FIRST))?.status, 401);
    assert.equal((await cloud.expect(200, 'GET', `/v3/users/${user}`))['enabled'], false);
    await cloud.expect(200, 'PATCH', `/v3/users/${user}`, { body: { user: { enabled: true } } });
    assert.equal((await logIn(user, FIRST))?.status, 201);
    await cloud.expect(200, 'PATCH', `/v3/users/${user}`, {
      body: { user: { options: { ignore_user_inactivity: true } } },
    });
    await away();
    assert.equal((await logIn(user, FIRST))?.status, 201);
  });
});
