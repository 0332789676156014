import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hashPassword, verifyPassword } from './password-hash.js';

const cheap = { cost: 1024, blockSize: 8, parallelization: 1 };

describe('password hashes', () => {
  it('have a salt of their own, and keep their parameters', async () => {
    const [first, second] = await Promise.all([hashPassword('pässword', cheap), hashPassword('pässword', cheap)]);
    assert.notEqual(first, second);
    assert.match(first, /^scrypt\$1024\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    assert.deepEqual(await Promise.all([verifyPassword('pässword', first), verifyPassword('pässword', second)]), [
      true,
      true,
    ]);
    assert.equal(await verifyPassword('password', first), false);
  });

  it('that are none verify nothing', async () => {
    for (const hash of [null, '', 'plain', 'scrypt$1024$8$1$c2FsdA$c2hvcnQ']) {
      assert.equal(await verifyPassword('', hash), false);
    }
  });
});
