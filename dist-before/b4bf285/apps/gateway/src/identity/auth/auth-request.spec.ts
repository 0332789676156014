import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Fault } from '../../edge/errors/fault.js';
import { parseAuthRequest } from './auth-request.js';

const user = { name: 'admin', domain: { name: 'Default' }, password: 'secret' };
const withScope = (scope?: unknown): object => ({
  auth: { identity: { methods: ['password'], password: { user } }, ...(scope === undefined ? {} : { scope }) },
});

function refused(body: unknown): { status: number; message: string } {
  try {
    parseAuthRequest(body);
  } catch (error) {
    assert.ok(error instanceof Fault);
    return error;
  }
  throw new assert.AssertionError({ message: 'expected a fault' });
}

describe('parseAuthRequest', () => {
  it('reads a password with every kind of scope', () => {
    const password = { method: 'password', user: { name: 'admin', domain_name: 'Default' }, password: 'secret' };
    assert.deepEqual(parseAuthRequest(withScope()), { ...password, scope: { kind: 'default' } });
    assert.deepEqual(parseAuthRequest(withScope('unscoped')).scope, { kind: 'unscoped' });
    assert.deepEqual(parseAuthRequest(withScope({ unscoped: {} })).scope, { kind: 'unscoped' });
    assert.deepEqual(parseAuthRequest(withScope({ system: { all: true } })).scope, { kind: 'system' });
    assert.deepEqual(parseAuthRequest(withScope({ domain: { id: 'default' } })).scope, {
      kind: 'domain',
      domain: { id: 'default' },
    });
    const project = { name: 'demo', domain: { id: 'default' } };
    assert.deepEqual(parseAuthRequest(withScope({ project })).scope, {
      kind: 'project',
      project: { name: 'demo', domain_id: 'default' },
    });
    assert.deepEqual(parseAuthRequest(withScope({ project: { id: 'p1', domain: null } })).scope, {
      kind: 'project',
      project: { id: 'p1' },
    });
  });

  it('reads a token', () => {
    const body = { auth: { identity: { methods: ['token'], token: { id: 'abc' } } } };
    assert.deepEqual(parseAuthRequest(body), { method: 'token', token: 'abc', scope: { kind: 'default' } });
  });

  it('says what is missing or wrong, but never a value', () => {
    assert.equal(refused(undefined).message, 'Expecting to find auth in request body.');
    assert.equal(refused({}).status, 400);
    const wrong = { ...user, password: 12_345 };
    const numeric = refused({ auth: { identity: { methods: ['password'], password: { user: wrong } } } });
    assert.match(numeric.message, /^Invalid input for auth\/identity\/password\/user\/password: /);
    assert.ok(!numeric.message.includes('12345'));
    const noDomain = { name: 'admin', password: 'x' };
    assert.match(
      refused({ auth: { identity: { methods: ['password'], password: { user: noDomain } } } }).message,
      /user\/domain/,
    );
    assert.match(refused({ auth: { identity: { methods: ['password'] } } }).message, /identity\/password/);
    assert.match(refused(withScope({ project: { id: 'p' }, domain: { id: 'd' } })).message, /exactly one of/);
    assert.match(refused(withScope({})).message, /exactly one of/);
    assert.match(refused(withScope({ system: {} })).message, /all/);
    assert.equal(refused(withScope(7)).status, 400);
    for (const part of [[], [[]], 'x', null]) {
      assert.equal(refused({ auth: { identity: part } }).status, 400);
      const password = { user: part };
      assert.equal(refused({ auth: { identity: { methods: ['password'], password } } }).status, 400);
    }
    const nameless = { ...user, name: null };
    assert.equal(refused({ auth: { identity: { methods: ['password'], password: { user: nameless } } } }).status, 400);
  });

  it('answers 401 for methods that it does not have', () => {
    const body = { auth: { identity: { methods: ['totp'], totp: {} } } };
    assert.equal(refused(body).status, 401);
  });
});
