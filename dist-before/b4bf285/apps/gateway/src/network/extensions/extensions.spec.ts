import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { extensions } from './extensions.js';

describe('extensions', () => {
  it('are listed once each, without what is not there', () => {
    const aliases = extensions.map((one) => one.alias);
    assert.deepEqual(aliases, [...new Set(aliases)].toSorted());
    for (const absent of ['router', 'security-group', 'quotas', 'tag-ports-during-bulk-creation', 'trunk']) {
      assert.ok(!aliases.includes(absent), absent);
    }
  });
});
