import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cidrsOf, isWithin, overlap, prefixSet, without } from './prefix-set.js';

const four = (...cidrs: string[]) => prefixSet(4, cidrs);

describe('a set of prefixes', () => {
  it('joins what touches or overlaps', () => {
    const joined = four('192.168.1.0/24', '10.0.0.0/8', '192.168.0.0/24', '10.1.0.0/16', '192.168.3.0/24');
    assert.deepEqual(cidrsOf(joined), ['10.0.0.0/8', '192.168.0.0/23', '192.168.3.0/24']);
    assert.deepEqual(cidrsOf(prefixSet(6, ['2001:db8:1::/48', '2001:db8::/48'])), ['2001:db8::/47']);
    assert.deepEqual(cidrsOf(four('0.0.0.0/1', '128.0.0.0/1')), ['0.0.0.0/0']);
  });

  it('is taken out of another', () => {
    const left = without(four('10.0.0.0/24'), four('10.0.0.64/26', '11.0.0.0/8'));
    assert.deepEqual(cidrsOf(left), ['10.0.0.0/26', '10.0.0.128/25']);
    assert.deepEqual(cidrsOf(without(four('10.0.0.0/24'), four('10.0.0.0/8'))), []);
  });

  it('knows what it shares with another, and what lies in it', () => {
    assert.ok(overlap(four('10.0.0.0/24'), four('10.0.0.128/25')));
    assert.ok(!overlap(four('10.0.0.0/24'), four('10.0.1.0/24')));
    assert.ok(isWithin(four('10.0.0.0/23'), four('10.0.0.0/24', '10.0.1.0/24')));
    assert.ok(!isWithin(four('10.0.0.0/22'), four('10.0.0.0/24', '10.0.1.0/24')));
  });
});
