import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AuthenticationData } from '#libs/contracts';
import { tokenClaimsOf } from '../../edge/tokens/token-claims-of.js';
import { tokenView } from './token.view.js';

const found: AuthenticationData = {
  user: {
    id: 'u1',
    name: 'admin',
    domain_id: 'default',
    domain_name: 'Default',
    enabled: true,
    default_project_id: null,
    email: null,
  },
  roles: [{ id: 'r1', name: 'admin', domain_id: null }],
  project: { id: 'p1', name: 'admin', domain_id: 'default', domain_name: 'Default', description: '', enabled: true },
  domain: null,
  system: null,
  is_admin_project: true,
};

describe('tokenClaimsOf', () => {
  it('makes a first token', () => {
    const claims = tokenClaimsOf(found, { now: 1000, lifetime: 60 });
    assert.equal(claims.expiresAt, 1060);
    assert.deepEqual(claims.methods, ['password']);
    assert.equal(claims.auditIds.length, 1);
  });

  it('lets a token made from another one end with it, in its chain', () => {
    const first = tokenClaimsOf(found, { now: 1000, lifetime: 60 });
    const second = tokenClaimsOf(found, { now: 1030, lifetime: 60, parent: first });
    const third = tokenClaimsOf(found, { now: 1040, lifetime: 60, parent: second });
    assert.equal(third.expiresAt, 1060);
    assert.deepEqual(second.methods, ['token', 'password']);
    assert.equal(third.auditIds[1], first.auditIds[0]);
  });
});

describe('tokenView', () => {
  it('shows a scoped token in the form of keystone', () => {
    const claims = tokenClaimsOf(found, { now: 1_795_301_220, lifetime: 3600 });
    assert.deepEqual(tokenView(claims, [], []), {
      token: {
        methods: ['password'],
        user: { domain: { id: 'default', name: 'Default' }, id: 'u1', name: 'admin', password_expires_at: null },
        audit_ids: claims.auditIds,
        issued_at: '2026-11-21T22:47:00.000000Z',
        expires_at: '2026-11-21T23:47:00.000000Z',
        project: { domain: { id: 'default', name: 'Default' }, id: 'p1', name: 'admin' },
        is_domain: false,
        roles: [{ id: 'r1', name: 'admin' }],
        catalog: [],
      },
    });
  });

  it('names the clouds that trust this one', () => {
    const claims = tokenClaimsOf(found, { now: 0, lifetime: 1 });
    const provider = { id: 'sp', auth_url: 'https://sp.example/v3', sp_url: 'https://sp.example/saml' };
    const { token } = tokenView(claims, undefined, [provider]) as { token: object };
    assert.deepEqual(Reflect.get(token, 'service_providers'), [provider]);
  });

  it('shows neither roles nor catalog of an unscoped one', () => {
    const claims = tokenClaimsOf({ ...found, project: null, roles: [] }, { now: 0, lifetime: 1 });
    const shown = JSON.stringify(tokenView(claims, [], []));
    assert.ok(!/roles|catalog|project/.test(shown));
  });
});
