import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { migrationsHash, seedFile } from './seed.js';

describe('the seed of the embedded database', () => {
  it('was made of the migrations as they are', async () => {
    const text = readFileSync(join(seedFile, '..', 'database.json'), 'utf8');
    const { hash } = JSON.parse(text) as { hash: string };
    assert.equal(hash, await migrationsHash(), 'run "npm run build && node tools/make-seed.mjs"');
  });
});
