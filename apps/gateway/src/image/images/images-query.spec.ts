import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { webobBody } from '../errors/glance-faults.js';
import { imagesPageView } from './images.controller.js';
import { parseImagesQuery } from './images-query.js';
import { imageView } from './images.view.js';

const NEWEST = { sort_keys: ['created_at'], sort_dirs: ['desc'] };

describe('parseImagesQuery', () => {
  it('reads filters', () => {
    const args = parseImagesQuery(
      { name: 'in:"a,b",c', visibility: 'public', os_hidden: 'True', tag: ['x', 'y'] },
      1000,
    );
    assert.deepEqual(args, {
      filters: { name: ['a,b', 'c'], visibility: ['public'], os_hidden: ['true'], tag: ['x', 'y'] },
      limit: 25,
      ...NEWEST,
    });
    assert.deepEqual(parseImagesQuery({ visibility: 'all', member_status: 'accepted' }, 1000).filters, {
      visibility: ['all'],
      member_status: ['accepted'],
      os_hidden: ['false'],
    });
    assert.deepEqual(parseImagesQuery({ name: 'eq:a:b', hw_disk_bus: 'scsi', size_min: '5' }, 10).filters, {
      name: ['a:b'],
      hw_disk_bus: ['scsi'],
      size_min: ['5'],
      os_hidden: ['false'],
    });
  });

  it('reads limits, markers and both ways to sort', () => {
    assert.equal(parseImagesQuery({ limit: '5000' }, 1000).limit, 1000);
    assert.equal(parseImagesQuery({ limit: '0' }, 1000).limit, 0);
    assert.equal(parseImagesQuery({ marker: 'm' }, 1000).marker, 'm');
    const args = parseImagesQuery({ sort: 'name:asc,size' }, 10);
    assert.deepEqual(
      [args.sort_keys, args.sort_dirs],
      [
        ['name', 'size'],
        ['asc', 'desc'],
      ],
    );
    const old = parseImagesQuery({ sort_key: ['name', 'id'], sort_dir: 'asc' }, 10);
    assert.deepEqual(
      [old.sort_keys, old.sort_dirs],
      [
        ['name', 'id'],
        ['asc', 'asc'],
      ],
    );
  });

  it('refuses what it cannot do', () => {
    const refuse = (query: Record<string, string>, text: RegExp) =>
      assert.throws(() => parseImagesQuery(query, 10), text);
    refuse({ limit: '-1' }, /must be positive/);
    refuse({ limit: 'x' }, /must be an integer/);
    refuse({ sort: 'colour' }, /Invalid sort key/);
    refuse({ sort: 'name:up' }, /Invalid sort direction/);
    refuse({ sort: 'name', sort_key: 'id' }, /cannot be combined/);
    refuse({ visibility: 'secret' }, /Invalid visibility/);
    refuse({ protected: 'x' }, /Valid values are 'true' or 'false'/);
    refuse({ name: 'like:a' }, /unknown operator 'like'/);
    refuse({ 'changes-since': '2026' }, /no longer available/);
    refuse({ name: 'in:"a' }, /not closed/);
  });
});

describe('image views', () => {
  const image = {
    id: 'i1',
    name: 'cirros',
    status: 'active',
    visibility: 'public',
    protected: false,
    owner: null,
    disk_format: 'qcow2',
    container_format: 'bare',
    size: 1,
    virtual_size: null,
    min_disk: 1,
    min_ram: 64,
    checksum: null,
    os_hash_algo: null,
    os_hash_value: null,
    stores: [],
    locations: [{ url: 'https://web/i1', metadata: { store: 'web' } }],
    os_hidden: false,
    tags: [],
    properties: { os_distro: 'cirros', id: 'a property cannot replace a field' },
    created_at: '2026-11-21T20:49:56.123456Z',
    updated_at: '2026-11-21T20:49:56.123456Z',
  } as const;

  const hidden = { showMultipleLocations: false, showImageDirectUrl: false };

  it('show the places of the data where the configuration says so', () => {
    assert.deepEqual(
      Object.keys(imageView(image, hidden)).filter((name) => /locations|direct_url/.test(name)),
      [],
    );
    const view = imageView(image, { showMultipleLocations: true, showImageDirectUrl: true });
    assert.deepEqual([view['locations'], view['direct_url']], [image.locations, 'https://web/i1']);
  });

  it('puts properties beside the fields', () => {
    const view = imageView(image, hidden);
    assert.equal(view['os_distro'], 'cirros');
    assert.equal(view['id'], 'i1');
    assert.equal(view['created_at'], '2026-11-21T20:49:56Z');
    assert.equal(view['self'], '/v2/images/i1');
  });

  it('links pages as paths that repeat the query', () => {
    const page = imagesPageView(
      { limit: '1', name: 'in:a,b', marker: 'old' },
      { objects: [image], next_marker: null },
      1,
      hidden,
    );
    assert.equal(Reflect.get(page, 'first'), '/v2/images?limit=1&name=in%3Aa%2Cb');
    assert.equal(Reflect.get(page, 'next'), '/v2/images?limit=1&name=in%3Aa%2Cb&marker=i1');
    assert.equal('next' in imagesPageView({}, { objects: [image], next_marker: null }, 25, hidden), false);
    assert.equal('next' in imagesPageView({}, { objects: [], next_marker: null }, 25, hidden), false);
  });
});

describe('webobBody', () => {
  it('follows the Accept header', () => {
    assert.match(webobBody(404, 'No <image>', undefined).body, /<h1>404 Not Found<\/h1>\n {2}No &lt;image&gt;/);
    assert.deepEqual(JSON.parse(webobBody(404, 'No image', 'application/json').body), {
      message: 'No image',
      code: '404 Not Found',
      title: 'Not Found',
    });
    assert.match(webobBody(404, 'No image', 'text/plain').body, /^404 Not Found\n\nNo image/);
    assert.match(webobBody(404, 'x', 'application/json, text/html;q=0').contentType, /json/);
    assert.match(webobBody(404, 'x', '*/*').contentType, /html/);
  });
});
