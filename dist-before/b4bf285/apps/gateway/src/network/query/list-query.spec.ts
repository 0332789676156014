import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { networkFilters } from '../networks/networks.filters.js';
import { portFilters } from '../ports/ports.filters.js';
import { expectedRevision } from './expected-revision.js';
import { parseListQuery } from './list-query.js';
import { pageLinks } from './page-links.js';
import { selectedFields } from './selected-fields.js';

describe('parseListQuery', () => {
  it('takes repeated filters as alternatives and reads each in its type', () => {
    const { args, fields } = parseListQuery(networkFilters, {
      name: ['a', 'b'],
      tenant_id: 'p1',
      'router:external': 'False',
      mtu: '1500',
      description: '',
      fields: ['id', 'name'],
    });
    assert.deepEqual(args, {
      filters: { name: ['a', 'b'], project_id: ['p1'], router_external: ['false'], mtu: ['1500'], description: [''] },
    });
    assert.deepEqual(fields, ['id', 'name']);
  });

  it('looks inside fixed_ips', () => {
    const { args } = parseListQuery(portFilters, { fixed_ips: ['ip_address=10.0.0.3', 'subnet_id=s1'] });
    assert.deepEqual(args.filters, { fixed_ip_address: ['10.0.0.3'], fixed_ip_subnet_id: ['s1'] });
    assert.throws(() => parseListQuery(portFilters, { fixed_ips: 'colour=red' }), /is not ip_address=ADDRESS/);
  });

  it('reads pages and sorting', () => {
    const query = {
      limit: '2',
      marker: 'm1',
      page_reverse: 'True',
      sort_key: ['name', 'created_at'],
      sort_dir: ['asc', 'desc'],
    };
    assert.deepEqual(parseListQuery(networkFilters, query).args, {
      filters: {},
      limit: 2,
      marker: 'm1',
      page_reverse: true,
      sort_keys: ['name', 'created_at'],
      sort_dirs: ['asc', 'desc'],
    });
    assert.equal(parseListQuery(networkFilters, {}, 50).args.limit, 50);
    assert.equal(parseListQuery(networkFilters, { limit: '70' }, 50).args.limit, 50);
    assert.equal(parseListQuery(networkFilters, { limit: '0', marker: 'x' }).args.marker, undefined);
  });

  it('refuses what it does not know', () => {
    const refuse = (query: Record<string, string>, text: RegExp) =>
      assert.throws(() => parseListQuery(networkFilters, query), text);
    refuse({ colour: 'red' }, /\['colour'\] is invalid attribute for filtering/);
    refuse({ limit: '-1' }, /Limit must be an integer 0 or greater and not '-1'/);
    refuse({ sort_key: 'name' }, /number of sort_keys and sort_dirs/);
    refuse({ sort_key: 'colour', sort_dir: 'asc' }, /invalid attribute for sort keys/);
    refuse({ sort_key: 'name', sort_dir: 'up' }, /invalid value for sort_dirs/);
    refuse({ shared: 'perhaps' }, /cannot be converted to boolean/);
    refuse({ name: 'a\0' }, /Invalid value for filter name/);
    refuse({ mtu: 'big' }, /is not an integer/);
  });
});

describe('pageLinks', () => {
  const url = 'http://h/v2.0/networks';
  const ids = ['a', 'b'];

  it('points to the next page only when there is one', () => {
    assert.deepEqual(pageLinks(url, { limit: '2' }, { limit: 2 }, { ids, more: true }), [
      { rel: 'next', href: `${url}?limit=2&marker=b` },
    ]);
    assert.deepEqual(pageLinks(url, { limit: '2' }, { limit: 2 }, { ids, more: false }), []);
    assert.deepEqual(pageLinks(url, {}, {}, { ids, more: false }), []);
  });

  it('keeps the query and turns round', () => {
    const query = { limit: '2', fields: ['id', 'name'], marker: 'z', page_reverse: 'True' };
    assert.deepEqual(pageLinks(url, query, { limit: 2, marker: 'z', page_reverse: true }, { ids, more: true }), [
      { rel: 'next', href: `${url}?limit=2&fields=id&fields=name&marker=b` },
      { rel: 'previous', href: `${url}?limit=2&fields=id&fields=name&marker=a&page_reverse=True` },
    ]);
  });
});

describe('expectedRevision', () => {
  it('reads If-Match', () => {
    assert.equal(expectedRevision(undefined), undefined);
    assert.equal(expectedRevision('revision_number=12'), 12);
    assert.throws(() => expectedRevision('"abc"'), /expected revision_number=N/);
  });
});

describe('selectedFields', () => {
  it('keeps what was named and is there', () => {
    assert.deepEqual(selectedFields({ id: 1, name: 'n' }, ['name', 'nothing', 'toString']), { name: 'n' });
    assert.deepEqual(selectedFields({ id: 1 }, []), { id: 1 });
  });
});
