import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { IdentityCloud, startIdentityCloud } from '../support/identity-cloud.js';
import type { IdentityAnswer } from '../support/identity-cloud.js';

const ADMIN = { name: 'admin', domain: { id: 'default' } };

describe('failed log-ins over HTTP', () => {
  let cloud: IdentityCloud;
  before(async () => {
    cloud = await startIdentityCloud({ OS_OSLO_MIDDLEWARE__ENABLE_PROXY_HEADERS_PARSING: 'true' });
  });
  after(() => cloud?.stop());

  const logIn = (
    user: Record<string, unknown>,
    password: string | undefined,
    from: string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<IdentityAnswer> =>
    cloud.ask('POST', '/v3/auth/tokens', {
      token: null,
      body: IdentityCloud.credentials(user, 'unscoped', password),
      from,
      ...(headers === undefined ? {} : { headers }),
    });
  const statuses = async (times: number, ...[user, , from, headers]: Parameters<typeof logIn>): Promise<string> => {
    const found: number[] = [];
    for (let time = 0; time < times; time += 1) {
      found.push((await logIn(user, 'wrong', from, headers)).status);
      // However slow the machine is, the window does not end before the test.
      await sql`update failed_logins set window_until = now() + interval '1 hour'`.execute(cloud.store.db);
    }
    return found.join(' ');
  };
  const TEN = '401 401 401 401 401 401 401 401 401 401';

  it('ten wrong passwords by somebody do not lock out the user elsewhere', async () => {
    assert.equal(await statuses(11, ADMIN, '', '192.0.2.1'), `${TEN} 429`);
    assert.equal((await logIn(ADMIN, undefined, '192.0.2.1')).status, 429);
    assert.equal((await logIn(ADMIN, undefined, '192.0.2.2')).status, 201);
  });

  it('the body of a 429 and its Retry-After say the same', async () => {
    const answer = await logIn(ADMIN, 'wrong', '192.0.2.1');
    assert.equal(answer.status, 429);
    const [, seconds] = /try again in (\d+) seconds/.exec(answer.text) ?? [];
    assert.equal(answer.headers['retry-after'], seconds);
  });

  it('a user and a name that nobody has answer alike, whichever way they are named', async () => {
    for (const [index, name] of ['admin', 'nobody'].entries()) {
      const from = `198.51.100.${index}`;
      assert.equal(await statuses(5, { name, domain: { id: 'default' } }, '', from), TEN.slice(0, 19));
      assert.equal(await statuses(5, { name, domain: { name: 'DEFAULT' } }, '', from), TEN.slice(0, 19));
      for (const domain of [{ id: 'default' }, { name: 'Default' }, { name: 'default' }]) {
        const answer = await logIn({ name, domain }, 'wrong', from);
        assert.equal(answer.status, 429, `${name}: ${answer.text}`);
      }
    }
  });

  it('behind a proxy the client is the one that the proxy saw, not the one that a client claims to be', async () => {
    const proxy = '127.0.0.1';
    const claims = { 'x-forwarded-for': '10.9.9.9, 203.0.113.5' };
    assert.equal(await statuses(11, ADMIN, '', proxy, claims), `${TEN} 429`);
    assert.equal(await statuses(1, ADMIN, '', proxy, { 'x-forwarded-for': '1.1.1.1, 203.0.113.5' }), '429');
    assert.equal(await statuses(1, ADMIN, '', proxy, { 'x-forwarded-for': '10.9.9.9' }), '401');
    assert.equal(await statuses(1, ADMIN, '', proxy, { forwarded: 'for=1.1.1.1, for="203.0.113.5:99"' }), '429');
  });

  it('nothing of a refused password or secret is in an answer', async () => {
    const password = `hunter2${'x'.repeat(5000)}`;
    const user = await cloud.make('user', { name: 'careful' });
    const answers = [
      await logIn(ADMIN, password, '203.0.113.9'),
      await cloud.ask('POST', '/v3/users', { body: { user: { name: 'x', password } } }),
      await cloud.ask('PATCH', `/v3/users/${user}`, { body: { user: { password: ['hunter2'] } } }),
      await cloud.ask('POST', '/v3/credentials', { body: { credential: { type: 'x', blob: ['hunter2'] } } }),
      await cloud.ask('POST', `/v3/users/${user}/password`, {
        body: { user: { original_password: { a: 'hunter2' }, password } },
      }),
      await cloud.ask('POST', '/v3/auth/tokens', {
        body: { auth: { identity: { methods: ['token'], token: { id: 'hunter2'.repeat(2000) } } } },
      }),
    ];
    for (const answer of answers) {
      assert.equal(answer.status, 400, answer.text);
      assert.doesNotMatch(answer.text, /hunter2/);
    }
  });
});

describe('[security_compliance]', () => {
  let cloud: IdentityCloud;
  before(async () => {
    cloud = await startIdentityCloud({ OS_SECURITY_COMPLIANCE__LOCKOUT_FAILURE_ATTEMPTS: '3' });
  });
  after(() => cloud?.stop());

  it('locks a user everywhere after lockout_failure_attempts, until it is enabled again; exempts whom it is told to', async () => {
    const options = { ignore_lockout_failure_attempts: true };
    const locked = await cloud.make('user', { name: 'locked', password: 'right' });
    const exempt = await cloud.make('user', { name: 'exempt', password: 'right', options });
    const status = async (user: string, password: string, from: string): Promise<number> => {
      const body = IdentityCloud.credentials(user, 'unscoped', password);
      return (await cloud.ask('POST', '/v3/auth/tokens', { token: null, body, from })).status;
    };
    for (const host of [1, 2, 3]) {
      assert.equal(await status(locked, 'wrong', `192.0.2.${host}`), 401);
      assert.equal(await status(exempt, 'wrong', `192.0.2.${host}`), 401);
    }
    assert.equal(await status(locked, 'right', '192.0.2.9'), 401);
    assert.equal(await status(exempt, 'right', '192.0.2.9'), 201);
    await cloud.expect(200, 'PATCH', `/v3/users/${locked}`, { body: { user: { enabled: true } } });
    assert.equal(await status(locked, 'right', '192.0.2.9'), 201);
  });
});
