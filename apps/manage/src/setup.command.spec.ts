import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { DatabaseOptions, IdentityOptions, allOptionGroups, loadConfiguration } from '#libs/options';
import { sharedPassword, writeBacking, writeSecretsFile } from './setup.command.js';

describe('writeSecretsFile', () => {
  const directory = mkdtempSync(join(tmpdir(), 'albireo-setup-'));
  after(() => rmSync(directory, { recursive: true }));

  it('writes once, and every program reads the password as it was given', () => {
    const password = 'pa$$word ${x} # "quoted"';
    assert.equal(writeSecretsFile(directory, password), 'made');
    const first = readFileSync(join(directory, '10-secrets.conf'), 'utf8');
    assert.equal(writeSecretsFile(directory, undefined), 'kept');
    assert.equal(writeSecretsFile(directory, ''), 'kept');
    assert.equal(writeSecretsFile(directory, password), 'kept');
    assert.equal(readFileSync(join(directory, '10-secrets.conf'), 'utf8'), first);
    const identity = read();
    assert.equal(identity.adminPassword, password);
    assert.equal(identity.signingKeys.length, 1);
  });

  it('takes another password that is asked for, and keeps the signing key', () => {
    const before = read();
    assert.equal(writeSecretsFile(directory, "an$other $& $1 '"), 'changed');
    const after = read();
    assert.equal(after.adminPassword, "an$other $& $1 '");
    assert.deepEqual(after.signingKeys, before.signingKeys);
  });

  const read = (): IdentityOptions =>
    loadConfiguration({
      program: 'albireo-worker',
      version: '0',
      argv: ['--config-dir', directory],
      env: {},
      groups: allOptionGroups,
      searchPath: [],
    }).get(IdentityOptions);
});

describe('the password of a broker or database beside Albireo', () => {
  const directory = mkdtempSync(join(tmpdir(), 'albireo-backing-'));
  after(() => rmSync(directory, { recursive: true }));
  const connection = (): string | undefined =>
    loadConfiguration({
      program: 'albireo-worker',
      version: '0',
      argv: ['--config-dir', directory],
      env: {},
      groups: allOptionGroups,
      searchPath: [],
    }).get(DatabaseOptions).connection;
  const write = (password: string | undefined): void =>
    writeBacking({
      directory,
      password,
      file: join(directory, '30-database.conf'),
      text: (secret) => `[database]\nconnection = postgresql://albireo:${secret}@postgres:5432/albireo`,
    });

  it('is generated once and kept', () => {
    write('');
    const first = readFileSync(join(directory, 'password'), 'utf8');
    assert.match(first, /^[\w-]{24}$/);
    write(undefined);
    assert.equal(sharedPassword(directory, undefined), first);
    assert.equal(connection(), `postgresql://albireo:${first}@postgres:5432/albireo`);
  });

  it('is the given one, whatever characters it has', () => {
    write('p$w/@:%');
    assert.equal(readFileSync(join(directory, 'password'), 'utf8'), 'p$w/@:%');
    assert.equal(connection(), 'postgresql://albireo:p%24w%2F%40%3A%25@postgres:5432/albireo');
  });
});
