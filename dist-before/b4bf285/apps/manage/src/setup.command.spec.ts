import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { IdentityOptions, allOptionGroups, loadConfiguration } from '#libs/config';
import { writeSecretsFile } from './setup.command.js';

describe('writeSecretsFile', () => {
  const directory = mkdtempSync(join(tmpdir(), 'albireo-setup-'));
  after(() => rmSync(directory, { recursive: true }));

  it('writes once, and every program reads the password as it was given', () => {
    const password = 'pa$$word ${x} # "quoted"';
    assert.equal(writeSecretsFile(directory, password), true);
    const first = readFileSync(join(directory, '10-secrets.conf'), 'utf8');
    assert.equal(writeSecretsFile(directory, 'another'), false);
    assert.equal(readFileSync(join(directory, '10-secrets.conf'), 'utf8'), first);
    const config = loadConfiguration({
      program: 'albireo-worker',
      version: '0',
      argv: ['--config-dir', directory],
      env: {},
      groups: allOptionGroups,
      searchPath: [],
    });
    const identity = config.get(IdentityOptions);
    assert.equal(identity.adminPassword, password);
    assert.equal(identity.signingKeys.length, 1);
  });
});
