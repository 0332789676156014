import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { readOrMakeSecrets } from './local-secrets.js';

describe('readOrMakeSecrets', () => {
  const directory = mkdtempSync(join(tmpdir(), 'albireo-secrets-'));
  after(() => rmSync(directory, { recursive: true }));

  it('makes them once, for the owner alone', () => {
    const file = join(directory, 'new', 'secrets.json');
    const first = readOrMakeSecrets(file);
    assert.ok(first.adminPassword.length >= 20);
    assert.deepEqual(readOrMakeSecrets(file), first);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('says what is wrong with a file that is none', () => {
    const file = join(directory, 'bad.json');
    writeFileSync(file, '{"adminPassword": 1}');
    assert.throws(() => readOrMakeSecrets(file), /bad\.json holds no "adminPassword"/);
    writeFileSync(file, 'nonsense');
    assert.throws(() => readOrMakeSecrets(file), /generated secrets: .*bad\.json cannot be used/);
  });
});
