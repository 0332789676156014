import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { compileCacheVariable } from './compile-cache.js';

describe('the cache of compiled code', () => {
  let home = '';
  before(() => void (home = mkdtempSync(join(tmpdir(), 'albireo-home-'))));
  after(() => rmSync(home, { recursive: true }));

  it('is a folder of the user alone, below XDG_CACHE_HOME or ~/.cache', () => {
    const folder = join(home, '.cache/albireo/compiled');
    assert.deepEqual(compileCacheVariable({ HOME: home }), { NODE_COMPILE_CACHE: folder });
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    const other = join(home, 'other');
    assert.deepEqual(compileCacheVariable({ HOME: home, XDG_CACHE_HOME: other }), {
      NODE_COMPILE_CACHE: join(other, 'albireo/compiled'),
    });
  });

  it('is not one that others can write to: they would run code in the cloud', () => {
    const { NODE_COMPILE_CACHE: folder = '' } = compileCacheVariable({ HOME: home });
    chmodSync(folder, 0o770);
    assert.deepEqual(compileCacheVariable({ HOME: home }), {});
    chmodSync(folder, 0o700);
  });

  it('is left to the user who names one or wants none, and to homes that are not there', () => {
    assert.deepEqual(compileCacheVariable({ HOME: home, NODE_COMPILE_CACHE: '/mine' }), {});
    assert.deepEqual(compileCacheVariable({ HOME: home, NODE_DISABLE_COMPILE_CACHE: '1' }), {});
    assert.deepEqual(compileCacheVariable({ HOME: join(home, 'nowhere') }), {});
    assert.deepEqual(compileCacheVariable({}), {});
  });
});
