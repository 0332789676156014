import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testClaims } from '../testing/test-edge.js';
import { allowsRequest, matchesPath } from './access-rules.js';

describe('access rules of an application credential', () => {
  it('name paths with segments, parts of one and any rest', () => {
    const cases: [string, string, boolean][] = [
      ['/v2.1/servers', '/v2.1/servers', true],
      ['/v2.1/servers/x', '/v2.1/servers', false],
      ['/v2.1/servers/x', '/v2.1/servers/{id}', true],
      ['/v2.1/servers/x/y', '/v2.1/servers/{id}', false],
      ['/v2.1/servers/', '/v2.1/servers/{id}', false],
      ['/v2.1/servers/', '/v2.1/servers/*', true],
      ['/v2.1/servers/x/y', '/v2.1/servers/*', false],
      ['/v2.1/servers/x/y', '/v2.1/**', true],
      ['/v2.1/servers/x/y', '/**/y', true],
      ['/v2.1', '/v2*1', true],
    ];
    for (const [path, pattern, expected] of cases)
      assert.equal(matchesPath(path, pattern), expected, `${path} ${pattern}`);
    assert.equal(matchesPath(`/${'a'.repeat(8000)}`, `/${'**a'.repeat(40)}!`), false);
  });

  it('allow what one of them names, and all where there are none', () => {
    const rules = [{ id: 'r', service: 'compute', method: 'GET', path: '/v2.1/**' }];
    const credential = { id: 'c', name: 'n', restricted: true, accessRules: rules };
    const claims = testClaims(['member'], { applicationCredential: credential });
    assert.equal(allowsRequest(claims, 'osapi_compute', 'GET', '/v2.1/servers'), true);
    assert.equal(allowsRequest(claims, 'osapi_compute', 'POST', '/v2.1/servers'), false);
    assert.equal(allowsRequest(claims, 'network', 'GET', '/v2.1/servers'), false);
    assert.equal(allowsRequest(testClaims(), 'network', 'GET', '/v2.0/networks'), true);
  });
});
