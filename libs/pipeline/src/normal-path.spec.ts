import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { normalPath } from './index.js';

describe('the normal spelling of a path', () => {
  it('takes back escapes that need not be, keeps those that mean something, and joins slashes', () => {
    for (const [path, expected] of [
      ['/v2.1/servers', '/v2.1/servers'],
      ['/%762.1/limits', '/v2.1/limits'],
      ['/v2%2e1/%6C%69mits', '/v2.1/limits'],
      ['//v2.1///limits//', '/v2.1/limits/'],
      ['/a%2fb/%3b%3F%23', '/a%2Fb/%3B%3F%23'],
      ['/%2f%2Fv2.1', '/%2F%2Fv2.1'],
      ['/%00%20%e9', '/%00%20%E9'],
      ['/\u00c3\u00a9', '/%C3%A9'],
      ['/../x/./%2e%2e', '/../x/./..'],
      ['/V2.1;a=b\\c', '/V2.1;a=b\\c'],
    ] as const) {
      assert.equal(normalPath(path), expected, path);
    }
  });

  it('is reached in one step, so that nothing is decoded twice', () => {
    for (const path of ['/%2576', '/%25%37%36', '/%25252e', '/%25%32%35']) {
      const normal = normalPath(path) ?? '';
      assert.equal(normalPath(normal), normal, path);
      assert.match(normal, /^\/%25/);
    }
    for (const path of ['/%%37%36', '/%zz%7', '/%2%66', '/%2%35', '/%', '/%4\u00e9', '/a%']) {
      assert.equal(normalPath(path), undefined, path);
    }
    assert.equal(normalPath('/%2576'), '/%2576');
    assert.equal(normalPath('/%25%37%36'), '/%2576');
  });
});
