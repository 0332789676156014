import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { computeSite } from '../testing/compute-site.js';
import { requireOrder } from './server-query.js';

describe('the query of a list of servers', () => {
  const site = computeSite();
  const list = async (query: string, version = '2.100') => {
    const { statusCode, body } = await site.ask('GET', `/v2.1/servers?${query}`, { version });
    return [statusCode, body] as const;
  };

  it('has no marker if it is empty', async () => {
    assert.equal((await list('marker='))[0], 200);
    assert.equal(site.listed()?.marker, undefined);
    assert.equal((await list('marker=m1'))[0], 200);
    assert.equal(site.listed()?.marker, 'm1');
  });

  it('names the booleans that it takes, in the words of oslo', async () => {
    for (const name of ['all_tenants', 'locked']) {
      const [status, body] = await list(`${name}=x`);
      assert.equal(status, 400);
      assert.match(body, /Unrecognized value 'x', acceptable values are: '0', '1', 'f', 'false', .*'yes'/);
    }
  });

  it('does not ask for changes since a time that is after the last one', () => {
    assert.throws(() => requireOrder('2021-01-01T00:00:00Z', '2020-01-01T00:00:00Z'), /less than or equal/);
    requireOrder('2020-01-01T00:00:00Z', '2021-01-01T00:00:00Z');
    requireOrder('2020-01-01T00:00:00Z');
  });
});
