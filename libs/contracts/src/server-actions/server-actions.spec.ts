import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Enforcer, credentialsOf } from '#libs/policy';
import { policyRules } from '../policy-rules.js';
import { SERVER_ACTION_KEYS, SERVER_ACTION_NAMES, actionOf, serverActionRules } from './index.js';

describe('the declared actions of a server', () => {
  it('have keys and steps of their own, and rules with the audience of nova’s', () => {
    const keys = SERVER_ACTION_NAMES.map((name) => actionOf(name).key);
    assert.equal(new Set(keys).size, keys.length);
    const enforcer = new Enforcer({ defaults: policyRules.compute });
    const own = { project_id: 'p1', user_id: 'u1' };
    const allowed = (rule: string, ...roles: string[]): boolean =>
      enforcer.check(rule, own, credentialsOf({ roles, project_id: 'p1', user_id: 'u2' }));
    for (const name of SERVER_ACTION_NAMES) {
      const { rule, allowed: audience } = actionOf(name);
      const found = [allowed(rule, 'reader'), allowed(rule, 'reader', 'member'), allowed(rule, 'manager', 'member')];
      const expected = { member: [false, true, true], manager: [false, false, true], admin: [false, false, false] };
      assert.deepEqual(found, expected[audience], rule);
      assert.ok(allowed(rule, 'admin'), rule);
    }
  });

  it('have rules that name the operation of every key', () => {
    const operations = serverActionRules.flatMap(({ operations: found = [] }) => found.map(({ path }) => path));
    for (const name of SERVER_ACTION_NAMES) {
      const { key, operation } = actionOf(name);
      const path = operation?.replace(/^\S+ /, '') ?? `/servers/{server_id}/action (${key})`;
      assert.ok(operations.includes(path), name);
      assert.equal(SERVER_ACTION_KEYS.has(key), operation === undefined, `${name} is no key where it has a route`);
    }
  });
});
