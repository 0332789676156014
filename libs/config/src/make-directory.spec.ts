import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { makeDirectory } from './index.js';

describe('a directory that an option names', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'albireo-directory-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('is made with those above it, once', () => {
    const path = join(folder, 'a', 'b', 'c');
    makeDirectory(path, 0o700);
    makeDirectory(path, 0o700);
    assert.equal(statSync(path).mode & 0o777, 0o700);
    assert.equal(statSync(join(folder, 'a')).mode & 0o777, 0o700);
  });

  it('is a fault below a file, where a file is, and where nobody can make any', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    assert.throws(() => makeDirectory(join(file, 'below')), { code: 'ENOTDIR' });
    assert.throws(() => makeDirectory(file), { code: 'EEXIST' });
    if (process.platform === 'linux') assert.throws(() => makeDirectory('/proc/albireo/logs'), { code: 'ENOENT' });
  });
});
