import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Network, Port, RbacPolicy, declarationOf } from '#libs/contracts';
import { expectedRevision } from '../resource/target.js';
import { parseListQuery } from './list-query.js';
import { pageLinks } from '../resource/presenter.js';
import { selectedFields } from '../resource/presenter.js';

const networkFilters = declarationOf(Network);
const portFilters = declarationOf(Port);

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
    assert.throws(
      () => parseListQuery(portFilters, { fixed_ips: 'colour=red' }),
      /'colour' is not in \['ip_address', 'subnet_id', 'ip_address_substr'\]/,
    );
  });

  it('reads pages and sorting', () => {
    const query = {
      limit: '2',
      marker: 'm1',
      page_reverse: 'True',
      sort_key: ['name', 'tenant_id'],
      sort_dir: ['asc', 'desc'],
    };
    assert.deepEqual(parseListQuery(networkFilters, query).args, {
      filters: {},
      limit: 2,
      marker: 'm1',
      page_reverse: true,
      sort_keys: ['name', 'project_id'],
      sort_dirs: ['asc', 'desc'],
    });
    assert.equal(parseListQuery(networkFilters, {}, { maxLimit: 50 }).args.limit, 50);
    assert.equal(parseListQuery(networkFilters, { limit: '70' }, { maxLimit: 50 }).args.limit, 50);
    assert.equal(parseListQuery(networkFilters, { limit: '0', marker: 'x' }).args.marker, undefined);
  });

  it('passes over unknown filters and takes changed_since where filters are not validated', () => {
    const since = '2026-01-01T00:00:00Z';
    const query = { colour: 'red', changed_since: since, name: 'a' };
    const { args } = parseListQuery(networkFilters, query, { isLoose: true });
    assert.deepEqual(args.filters, { name: ['a'], changed_since: [since] });
    assert.throws(
      () => parseListQuery(networkFilters, { changed_since: since }),
      /\['changed_since'\] is invalid attribute for filtering/,
    );
    const { args: untimed } = parseListQuery(declarationOf(RbacPolicy), query, { isLoose: true });
    assert.equal(untimed.filters?.['changed_since'], undefined);
  });

  it('refuses what it does not know', () => {
    const refuse = (query: Record<string, string>, text: RegExp) =>
      assert.throws(() => parseListQuery(networkFilters, query), text);
    refuse({ colour: 'red' }, /\['colour'\] is invalid attribute for filtering/);
    refuse({ limit: '-1' }, /Limit must be an integer 0 or greater and not '-1'/);
    refuse({ sort_key: 'name' }, /number of sort_keys and sort_dirs/);
    refuse({ sort_key: 'colour', sort_dir: 'asc' }, /invalid attribute for sort_keys/);
    refuse({ sort_key: 'name', sort_dir: 'up' }, /invalid value for sort_dirs/);
    refuse({ shared: 'perhaps' }, /cannot be converted to boolean/);
    refuse({ name: 'a\0' }, /Invalid value for filter name/);
    refuse({ mtu: 'big' }, /is not an integer/);
  });
});

describe('pageLinks', () => {
  const url = 'http://h/v2.0/networks';
  const ids = ['a', 'b'];

  it('points both ways from a full page, and back from one that is not', () => {
    const previous = { rel: 'previous', href: `${url}?limit=2&marker=a&page_reverse=True` };
    assert.deepEqual(pageLinks(url, { limit: '2' }, { limit: 2 }, ids), [
      { rel: 'next', href: `${url}?limit=2&marker=b` },
      previous,
    ]);
    assert.deepEqual(pageLinks(url, { limit: '2' }, { limit: 2 }, ['a']), [previous]);
    const before = { limit: 2, page_reverse: true };
    assert.deepEqual(pageLinks(url, { limit: '2' }, before, ['a']), [{ rel: 'next', href: `${url}?limit=2&marker=a` }]);
    assert.deepEqual(pageLinks(url, {}, {}, ids), []);
  });

  it('keeps the query and turns round', () => {
    const query = { limit: '2', fields: ['id', 'name'], marker: 'z', page_reverse: 'True' };
    assert.deepEqual(pageLinks(url, query, { limit: 2, marker: 'z', page_reverse: true }, ids), [
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
