import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ExpectedError } from '#libs/contracts';
import type { ResourceOptions } from '#libs/contracts';
import { requireMethods } from '../authenticate.js';

const user = (options: ResourceOptions) => ({
  id: 'u1',
  name: 'jane',
  domain_id: 'default',
  domain_name: 'Default',
  enabled: true,
  default_project_id: null,
  email: null,
  options,
});

function required(options: ResourceOptions, methods: readonly string[]): unknown {
  try {
    requireMethods(user(options), methods);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof ExpectedError);
    assert.deepEqual(error.details['methods'], methods);
    return error.details['required_auth_methods'];
  }
}

describe('requireMethods', () => {
  const rules = [['password', 'totp'], ['application_credential']];

  it('asks for all methods of one rule, and tells those that go on from here', () => {
    assert.deepEqual(required({ multi_factor_auth_rules: rules }, ['password']), [['password', 'totp']]);
    assert.equal(required({ multi_factor_auth_rules: rules }, ['totp', 'password']), undefined);
    assert.equal(required({ multi_factor_auth_rules: rules }, ['application_credential']), undefined);
    assert.deepEqual(required({ multi_factor_auth_rules: rules }, ['oauth1']), []);
  });

  it('asks for nothing without rules, or where they are turned off', () => {
    assert.equal(required({}, ['password']), undefined);
    assert.equal(required({ multi_factor_auth_rules: [] }, ['password']), undefined);
    assert.equal(
      required({ multi_factor_auth_rules: rules, multi_factor_auth_enabled: false }, ['password']),
      undefined,
    );
  });

  it('passes over methods that there are not, so that nobody is locked out by a name', () => {
    assert.equal(required({ multi_factor_auth_rules: [['password', 'palm-reading']] }, ['password']), undefined);
    assert.equal(required({ multi_factor_auth_rules: [['palm-reading']] }, ['password']), undefined);
    assert.deepEqual(required({ multi_factor_auth_rules: [['totp'], ['palm-reading']] }, ['password']), []);
  });
});
