import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { networkResources } from '#libs/contracts';
import { extensionsOf } from './extensions.js';

describe('extensions', () => {
  it('are listed once each, without what is not there', () => {
    const aliases = extensionsOf(networkResources).map((one) => one.alias);
    assert.deepEqual(aliases, [...new Set(aliases)].toSorted());
    for (const absent of ['network-segment-range', 'bgp']) {
      assert.ok(!aliases.includes(absent), absent);
    }
  });
});
