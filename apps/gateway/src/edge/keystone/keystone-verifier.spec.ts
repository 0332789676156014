import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testClaims } from '../testing/test-edge.js';
import type { TokenClaims } from '../tokens/token-claims.js';
import { KeystoneVerifier } from './keystone-verifier.js';
import { claimsOfBody } from './keystone-client.js';

describe('KeystoneVerifier', () => {
  const asking = (answers: Readonly<Record<string, TokenClaims | Error>>, cacheSeconds = 300) => {
    const asked: string[] = [];
    const verifier = new KeystoneVerifier(async (token) => {
      asked.push(token);
      const answer = answers[token];
      if (answer instanceof Error) throw answer;
      return answer;
    }, cacheSeconds);
    return { asked, verifier };
  };

  it('asks once for requests that bring the same token at the same time, and remembers', async () => {
    const claims = testClaims();
    const { asked, verifier } = asking({ good: claims });
    const found = await Promise.all(Array.from({ length: 20 }, async () => verifier.verify('good')));
    assert.ok(found.every((one) => one === claims));
    assert.equal(verifier.verify('good'), claims);
    assert.deepEqual(asked, ['good']);
  });

  it('remembers bad tokens, but not that nobody could tell', async () => {
    const { asked, verifier } = asking({ away: new Error('down') });
    assert.equal(await verifier.verify('bad'), undefined);
    assert.equal(await verifier.verify('bad'), undefined);
    await assert.rejects(async () => verifier.verify('away'), /down/);
    await assert.rejects(async () => verifier.verify('away'), /down/);
    assert.deepEqual(asked, ['bad', 'away', 'away']);
  });

  it('asks each time with token_cache_time -1, and never for absurd tokens', async () => {
    const { asked, verifier } = asking({ good: testClaims() }, -1);
    await verifier.verify('good');
    await verifier.verify('good');
    assert.equal(verifier.verify('x'.repeat(9000)), undefined);
    assert.equal(asked.length, 2);
  });

  it('takes an expired token only for a service that vouches, and forgets at the end of a token', async (t) => {
    const old = testClaims([], { expiresAt: Math.floor(Date.now() / 1000) - 10 });
    const { verifier } = asking({ old, good: testClaims() });
    assert.equal(await verifier.verify('old'), undefined);
    assert.equal(await verifier.verify('old', { allowExpired: true }), old);
    await verifier.verify('good');
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 3_601_000 });
    assert.equal(await verifier.verify('good'), undefined);
  });

  it('reads only bodies that describe a token', () => {
    for (const body of [undefined, null, [], {}, { token: {} }, { token: { user: { id: 1 } } }]) {
      assert.equal(claimsOfBody(body), undefined);
    }
  });
});
