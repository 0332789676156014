import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RevocationPage } from '#libs/contracts';
import { testClaims } from '../testing/test-edge.js';
import { Revocations } from './revocations.js';
import { TokenCodec } from './token-codec.js';
import { newAuditId } from './token-claims.js';
import { TokenVerifier } from './token-verifier.js';

const OLD = 'o'.repeat(40);
const NEW = 'n'.repeat(40);
const noRevocations = (): Revocations => new Revocations(() => Promise.reject(new Error('not polled')));

describe('TokenCodec', () => {
  it('gives back what it signed, for every scope', async () => {
    const codec = new TokenCodec([NEW]);
    const scopes = [
      {},
      { project: null },
      { project: null, domain: { id: 'd1', name: 'D' } },
      { project: null, system: 'all' as const, isAdminProject: true },
    ];
    for (const scope of scopes) {
      const claims = testClaims(['admin', 'member'], scope);
      assert.deepEqual(await codec.verify(await codec.sign(claims)), claims);
    }
  });

  it('accepts older keys while they are configured', async () => {
    const token = await new TokenCodec([OLD]).sign(testClaims());
    assert.notEqual(await new TokenCodec([NEW, OLD]).verify(token), undefined);
    assert.equal(await new TokenCodec([NEW]).verify(token), undefined);
  });

  it('refuses what is changed, expired, unsigned or no token at all', async () => {
    const codec = new TokenCodec([NEW]);
    const token = await codec.sign(testClaims());
    const [header = '', payload = '', signature = ''] = token.split('.');
    const forged = Buffer.from(
      JSON.stringify({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), r: [['x', 'admin']] }),
    );
    const none = Buffer.from('{"alg":"none","typ":"albireo"}').toString('base64url');
    const expired = await codec.sign(testClaims([], { issuedAt: 1, expiresAt: 2 }));
    const bad = [
      `${header}.${forged.toString('base64url')}.${signature}`,
      `${none}.${payload}.`,
      expired,
      '',
      'x',
      `${token}A`,
    ];
    for (const text of bad) assert.equal(await codec.verify(text), undefined, text.slice(0, 40));
  });

  it('needs keys of a length that HS256 deserves', () => {
    assert.throws(() => new TokenCodec([]), /at least one key/);
    assert.throws(() => new TokenCodec(['short']), /at least 32 characters, found one of 5/);
  });
});

describe('TokenVerifier', () => {
  it('answers a cached token at once, and not after its revocation', async () => {
    const codec = new TokenCodec([NEW]);
    const revocations = noRevocations();
    const verifier = new TokenVerifier(codec, revocations);
    const claims = testClaims([], { auditIds: ['own', 'parent'] });
    const token = await codec.sign(claims);
    assert.deepEqual(await verifier.verify(token), claims);
    assert.deepEqual(verifier.verify(token), claims);
    // The whole chain ends with its first token.
    revocations.revoke('parent', Date.now() + 60_000);
    assert.equal(verifier.verify(token), undefined);
  });

  it('does not outlive the token in the cache', async (t) => {
    const codec = new TokenCodec([NEW]);
    const verifier = new TokenVerifier(codec, noRevocations());
    const token = await codec.sign(testClaims());
    await verifier.verify(token);
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 3_601_000 });
    assert.equal(await verifier.verify(token), undefined);
  });
});

describe('Revocations', () => {
  it('takes over the worker’s list', async () => {
    const id = newAuditId();
    const expires = new Date(Date.now() + 60_000).toISOString();
    const page = RevocationPage.wrap({ objects: [{ audit_id: id, expires_at: expires }], next_marker: null });
    const revocations = new Revocations(() => Promise.resolve(page));
    assert.equal(revocations.isRevoked(testClaims([], { auditIds: [id] })), false);
    await revocations.refresh();
    assert.equal(revocations.isRevoked(testClaims([], { auditIds: [id] })), true);
    assert.equal(revocations.isRevoked(testClaims()), false);
  });
});
