import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startIdentityCloud } from '../support/identity-cloud.js';
import type { IdentityCloud } from '../support/identity-cloud.js';

describe('what is immutable', () => {
  let cloud: IdentityCloud;
  before(async () => {
    cloud = await startIdentityCloud();
  });
  after(() => cloud?.stop());

  it('the default roles are: nobody renames or deletes them, and log-ins go on', async () => {
    assert.deepEqual([...cloud.roles.keys()].toSorted(), ['admin', 'manager', 'member', 'reader', 'service']);
    for (const [name, id] of cloud.roles) {
      const { json } = await cloud.ask('GET', `/v3/roles/${id}`);
      assert.deepEqual((json['role'] as { options: unknown }).options, { immutable: true }, name);
      for (const [method, body] of [['PATCH', { role: { name: 'other' } }], ['DELETE']] as const) {
        const answer = await cloud.ask(method, `/v3/roles/${id}`, { body });
        const action = method === 'PATCH' ? 'update' : 'delete';
        assert.deepEqual(answer.json, {
          error: {
            code: 403,
            message: `Unable to ${action} immutable role resource: \`${id}. Set resource option "immutable" to false first.`,
            title: 'Forbidden',
          },
        });
      }
    }
    await cloud.logIn({ name: 'admin', domain: { id: 'default' } }, 'unscoped');
  });

  it('becomes mutable by a change of nothing but the option, to false or null', async () => {
    const kinds = { role: {}, project: {}, domain: {} };
    for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
      const id = await cloud.make(kind, { name: `kept ${kind}`, options: { immutable: true } });
      const path = `/v3/${kind}s/${id}`;
      const change = async (fields: object): Promise<number> =>
        (await cloud.ask('PATCH', path, { body: { [kind]: fields } })).status;
      assert.equal(await change({ description: 'x' }), 403, kind);
      assert.equal(await change({ description: 'x', options: { immutable: false } }), 403, kind);
      assert.equal(await change({ options: { immutable: true } }), 403, kind);
      assert.equal((await cloud.ask('DELETE', path)).status, 403, kind);
      assert.equal(await change({ options: { immutable: null } }), 200, kind);
      const { options } = await cloud.expect(200, 'GET', path);
      assert.deepEqual(options, {}, kind);
      assert.equal(await change({ options: { immutable: true } }), 200, kind);
      assert.equal(await change({ options: { immutable: false } }), 200, kind);
      assert.equal(await change({ description: 'x', enabled: kind === 'role' ? undefined : false }), 200, kind);
      assert.equal((await cloud.ask('DELETE', path)).status, 204, kind);
    }
  });

  it('keeps its domain from being deleted', async () => {
    const domain = await cloud.make('domain', { name: 'with a treasure' });
    await cloud.make('project', { name: 'treasure', domain_id: domain, options: { immutable: true } });
    const off = await cloud.ask('PATCH', `/v3/domains/${domain}`, { body: { domain: { enabled: false } } });
    assert.equal(off.status, 200, off.text);
    const answer = await cloud.ask('DELETE', `/v3/domains/${domain}`);
    assert.equal(answer.status, 403);
    assert.match(answer.text, /Unable to delete immutable project resource/);
  });

  it('options that there are not, and values of another type, are 400', async () => {
    const cases: readonly [string, object, RegExp][] = [
      ['role', { immortal: true }, /Additional properties are not allowed \('immortal' was unexpected\)/],
      ['role', { immutable: 'yes' }, /the option immutable is not of type 'boolean'/],
      ['user', { immutable: true }, /'immutable' was unexpected/],
      ['user', { multi_factor_auth_rules: [['password'], []] }, /array of arrays of strings/],
      ['project', [], /not of type 'object'/],
    ];
    for (const [kind, options, message] of cases) {
      const answer = await cloud.ask('POST', `/v3/${kind}s`, { body: { [kind]: { name: 'x', options } } });
      assert.equal(answer.status, 400, answer.text);
      assert.match(answer.text, message);
    }
  });

  it('a user keeps the options that a change does not name', async () => {
    const options = { lock_password: true, multi_factor_auth_rules: [['password']] };
    const id = await cloud.make('user', { name: 'optioned', password: 'one', options });
    const body = { user: { options: { ignore_lockout_failure_attempts: true, multi_factor_auth_rules: null } } };
    const user = await cloud.expect(200, 'PATCH', `/v3/users/${id}`, { body });
    assert.deepEqual(user['options'], { lock_password: true, ignore_lockout_failure_attempts: true });
    const change = { user: { original_password: 'one', password: 'two' } };
    const answer = await cloud.ask('POST', `/v3/users/${id}/password`, { body: change });
    assert.equal(answer.status, 400);
    assert.match(answer.text, /You cannot change your password at this time/);
  });
});
