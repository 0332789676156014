import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matchesPasscode } from './authenticate-methods.js';

/** RFC 6238, appendix B: the secret `12345678901234567890`, and the last six digits of its SHA-1 codes. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const CODES: readonly (readonly [seconds: number, code: string])[] = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
];

describe('matchesPasscode', () => {
  it("knows RFC 6238's own codes", () => {
    for (const [seconds, code] of CODES) assert.ok(matchesPasscode(SECRET, code, seconds * 1000), code);
  });

  it('takes the code of the window before, and no older one', () => {
    const at = 1_111_111_109_000;
    assert.ok(matchesPasscode(SECRET, '081804', at + 30_000));
    assert.ok(!matchesPasscode(SECRET, '081804', at + 30_000, 0));
    assert.ok(!matchesPasscode(SECRET, '081804', at + 60_000));
    assert.ok(!matchesPasscode(SECRET, '081804', at - 30_000));
  });

  it('takes nothing where the secret or the passcode is none', () => {
    for (const secret of ['', '====', 'not base32!', '0189']) assert.ok(!matchesPasscode(secret, '287082', 59_000));
    for (const code of ['', '28708', '2870820', '28708a', ' 287082']) assert.ok(!matchesPasscode(SECRET, code, 59_000));
    assert.ok(matchesPasscode(`${SECRET.slice(0, 26)}${SECRET.slice(26)}====`, '287082', 59_000));
  });
});
