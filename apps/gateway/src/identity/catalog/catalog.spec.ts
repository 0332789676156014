import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ApiListenOptions, CatalogOptions } from '#libs/options';
import { testOptions, withOptions } from '../../edge/testing/test-edge.js';
import { buildCatalog, hostName } from './catalog.js';
import type { CatalogEntry } from './catalog.js';

function urlOf(catalog: readonly CatalogEntry[], type: string, face: string): string | undefined {
  return catalog.find((entry) => entry.type === type)?.endpoints.find((one) => one.interface === face)?.url;
}

const options = testOptions();
const [unset, ports] = [options.get(CatalogOptions), options.get(ApiListenOptions)];

describe('buildCatalog', () => {
  it('derives unset URLs from the scheme and host of the request', () => {
    const catalog = buildCatalog(unset, ports, { scheme: 'https', host: 'cloud.example:5000' });
    assert.equal(urlOf(catalog, 'identity', 'public'), 'https://cloud.example:5000/v3');
    assert.equal(urlOf(catalog, 'compute', 'internal'), 'https://cloud.example:8774/v2.1');
    assert.equal(urlOf(catalog, 'image', 'admin'), 'https://cloud.example:9292');
    assert.equal(urlOf(catalog, 'network', 'public'), 'https://cloud.example:9696');
  });

  it('keeps the brackets of IPv6 hosts', () => {
    const catalog = buildCatalog(unset, ports, { scheme: 'http', host: '[2001:db8::1]:5000' });
    assert.equal(urlOf(catalog, 'network', 'public'), 'http://[2001:db8::1]:9696');
    assert.equal(hostName('[::1]'), '[::1]');
    assert.equal(hostName('localhost'), 'localhost');
    assert.equal(hostName(''), 'localhost');
  });

  it('uses configured URLs as they are; an internal one that is unset is the public one', () => {
    const set = testOptions(
      withOptions(CatalogOptions, {
        computePublicUrl: 'https://api.example/compute/v2.1/',
        computeAdminUrl: 'http://nova:8774/v2.1',
      }),
    ).get(CatalogOptions);
    const catalog = buildCatalog(set, ports, { scheme: 'http', host: 'h' });
    assert.equal(urlOf(catalog, 'compute', 'public'), 'https://api.example/compute/v2.1');
    assert.equal(urlOf(catalog, 'compute', 'internal'), 'https://api.example/compute/v2.1');
    assert.equal(urlOf(catalog, 'compute', 'admin'), 'http://nova:8774/v2.1');
  });

  it('has ids that do not change', () => {
    const first = buildCatalog(unset, ports, { scheme: 'http', host: 'a' });
    const second = buildCatalog(unset, ports, { scheme: 'https', host: 'b' });
    const ids = (catalog: readonly CatalogEntry[]) =>
      catalog.flatMap((entry) => [entry.id, ...entry.endpoints.map((one) => one.id)]);
    assert.deepEqual(ids(first), ids(second));
    assert.equal(new Set(ids(first)).size, 16);
    assert.match(first[0]?.id ?? '', /^[0-9a-f]{32}$/);
  });
});
