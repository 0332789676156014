// Several named stores, two of one kind, and one that only reads what lies elsewhere.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startImageCloud } from '../support/image-cloud.js';
import type { ImageCloud } from '../support/image-cloud.js';

const BYTES = randomBytes(200_000);
const SHA512 = createHash('sha512').update(BYTES).digest('hex');
type Json = Record<string, unknown>;

describe('named stores of images', () => {
  let web: Server;
  let source: string;
  let directory: string;
  let cloud: ImageCloud;
  before(async () => {
    web = createServer((request, response) => {
      if (request.url === '/nothing') response.writeHead(404).end();
      else if (request.url === '/moved') response.writeHead(302, { location: 'http://10.1.2.3/' }).end();
      else if (request.method === 'HEAD') response.writeHead(200, { 'content-length': BYTES.length }).end();
      else response.end(BYTES);
    });
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    const { port } = web.address() as AddressInfo;
    source = `http://127.0.0.1:${port}`;
    directory = await mkdtemp(join(tmpdir(), 'albireo-named-stores-'));
    cloud = await startImageCloud({
      OS_DEFAULT__ENABLED_BACKENDS: 'fast:file, Cheap:file, gone:s3, web:http, elsewhere:rbd',
      OS_GLANCE_STORE__DEFAULT_BACKEND: 'Cheap',
      OS_FAST__FILESYSTEM_STORE_DATADIR: join(directory, 'fast'),
      OS_FAST__WEIGHT: '10',
      OS_FAST__STORE_DESCRIPTION: 'Flash',
      OS_CHEAP__FILESYSTEM_STORE_DATADIR: join(directory, 'cheap'),
      OS_OS_GLANCE_STAGING_STORE__FILESYSTEM_STORE_DATADIR: join(directory, 'staging'),
      OS_GONE__S3_STORE_HOST: '127.0.0.1:1',
      OS_GONE__S3_STORE_BUCKET: 'images',
      OS_GONE__S3_STORE_ACCESS_KEY: 'an-access-key',
      OS_GONE__S3_STORE_SECRET_KEY: 'a-secret-key',
      OS_DEFAULT__SHOW_MULTIPLE_LOCATIONS: 'true',
      OS_DEFAULT__SHOW_IMAGE_DIRECT_URL: 'true',
      OS_IMPORT_FILTERING_OPTS__ALLOWED_HOSTS: '127.0.0.1',
      OS_IMPORT_FILTERING_OPTS__ALLOWED_PORTS: String(port),
    });
  });
  after(async () => {
    await cloud?.stop();
    web.closeAllConnections();
    web.close();
    await rm(directory, { recursive: true, force: true });
  });

  const pathOf = (id: unknown): string => `/v2/images/${String(id)}`;
  const show = async (id: unknown): Promise<Json> => (await cloud.ask(pathOf(id))).json;
  const upload = (id: unknown, store?: string) =>
    cloud.ask(`${pathOf(id)}/file`, {
      method: 'PUT',
      body: BYTES,
      headers: store === undefined ? {} : { 'x-image-meta-store': store },
    });
  const importOf = (id: unknown, body: object, as = 'p1') =>
    cloud.ask(`${pathOf(id)}/import`, { method: 'POST', body, as });
  const addLocation = (id: unknown, body: object, as = 'p1') =>
    cloud.ask(`${pathOf(id)}/locations`, { method: 'POST', body, as });
  const namesIn = async (folder: string): Promise<string[]> =>
    (await readdir(join(directory, folder)).catch(() => [])).filter((name) => name !== 'incoming');
  const storesOf = async (id: unknown): Promise<string[]> =>
    String((await show(id))['stores'])
      .split(',')
      .toSorted();

  async function settled(id: unknown): Promise<Json> {
    for (let tries = 0; tries < 300; tries += 1) {
      const tasks = (await cloud.ask(`${pathOf(id)}/tasks`)).json['tasks'] as Json[];
      const task = tasks.at(-1) ?? {};
      if (task['status'] === 'success' || task['status'] === 'failure') return task;
      await sleep(50);
    }
    return assert.fail('the task did not end');
  }

  it('are listed as they are called, their settings for administrators only', async () => {
    const { stores } = (await cloud.ask('/v2/info/stores')).json;
    assert.deepEqual(stores, [
      { id: 'fast', description: 'Flash' },
      { id: 'Cheap', default: 'true' },
      { id: 'gone' },
      { id: 'web', 'read-only': 'true' },
    ]);
    assert.equal((await cloud.ask('/v2/info/stores/detail')).status, 403);
    const detail = (await cloud.ask('/v2/info/stores/detail', { as: 'p0:admin' })).json['stores'] as Json[];
    assert.deepEqual(
      detail.map(({ id, type, weight }) => [id, type, weight]),
      [
        ['fast', 'file', 10],
        ['Cheap', 'file', 0],
        ['gone', 's3', 0],
        ['web', 'http', 0],
      ],
    );
    assert.match(JSON.stringify(detail[0]), new RegExp(join(directory, 'fast')));
    assert.ok(!JSON.stringify(detail).includes('a-secret-key'));
  });

  it('take what is meant for them, and are read by weight', async () => {
    const { id } = await cloud.create();
    assert.equal((await upload(id, 'web')).status, 410);
    assert.equal((await upload(id, 'elsewhere')).status, 400);
    assert.equal((await upload(id)).status, 204);
    assert.equal((await show(id))['stores'], 'Cheap');
    assert.equal((await namesIn('cheap')).length, 1);
    assert.equal((await importOf(id, { method: { name: 'copy-image' }, stores: ['Cheap'] }, 'p0:admin')).status, 400);
    const copy = { method: { name: 'copy-image' }, stores: ['fast'] };
    assert.equal((await importOf(id, copy)).status, 403);
    assert.equal((await importOf(id, copy, 'p0:admin')).status, 202);
    assert.equal((await settled(id))['status'], 'success');
    const image = await show(id);
    const [first, second] = image['locations'] as { url: string; metadata: Json }[];
    assert.deepEqual([first?.metadata, second?.metadata], [{ store: 'fast' }, { store: 'Cheap' }]);
    assert.equal(image['direct_url'], first?.url);
    assert.equal((await cloud.ask(`/v2/stores/Cheap/${String(id)}`, { method: 'DELETE', as: 'p0:admin' })).status, 204);
    assert.deepEqual(await storesOf(id), ['fast']);
    assert.equal((await cloud.ask(`/v2/stores/fast/${String(id)}`, { method: 'DELETE', as: 'p0:admin' })).status, 403);
    assert.ok((await cloud.ask(`${pathOf(id)}/file`)).bytes.equals(BYTES));
  });

  it('are all filled, or none; or those that can be', async () => {
    const stage = async (): Promise<unknown> => {
      const { id } = await cloud.create();
      assert.equal((await cloud.ask(`${pathOf(id)}/stage`, { method: 'PUT', body: BYTES })).status, 204);
      assert.ok((await namesIn('staging')).length > 0);
      return id;
    };
    const method = { name: 'glance-direct' };
    const all = await stage();
    assert.equal((await importOf(all, { method, all_stores: true, stores: ['fast'] })).status, 400);
    assert.equal((await importOf(all, { method, stores: ['nowhere'] })).status, 409);
    assert.equal((await importOf(all, { method, all_stores: true })).status, 202);
    assert.equal((await settled(all))['status'], 'failure');
    const broken = await show(all);
    assert.deepEqual([broken['status'], broken['stores']], ['queued', undefined]);
    const some = await stage();
    assert.equal((await importOf(some, { method, all_stores: true, all_stores_must_succeed: false })).status, 202);
    assert.equal((await settled(some))['status'], 'success');
    const image = await show(some);
    assert.deepEqual(
      [image['status'], image['os_glance_importing_to_stores'], image['os_glance_failed_import']],
      ['active', '', 'gone'],
    );
    assert.deepEqual(await storesOf(some), ['Cheap', 'fast']);
    // Though a store is away that has to be cleared of the broken import, too.
    for (let tries = 0; tries < 300 && (await namesIn('staging')).length > 0; tries += 1) await sleep(50);
    assert.deepEqual(await namesIn('staging'), []);
  });

  it('read what lies elsewhere, once somebody has said so', async () => {
    const { id } = await cloud.create();
    const wrong = { os_hash_algo: 'sha512', os_hash_value: 'ab'.repeat(64) };
    assert.equal((await addLocation(id, {})).status, 400);
    assert.equal((await addLocation(id, { url: 's3://host/bucket/key' })).status, 403);
    assert.equal((await addLocation(id, { url: source, validation_data: { os_hash_algo: 'sha512' } })).status, 400);
    assert.equal(
      (await addLocation(id, { url: source, validation_data: { ...wrong, os_hash_value: 'ab' } })).status,
      400,
    );
    for (const [url, why] of [
      [`${source}/nothing`, /Invalid location/],
      [`${source}/moved`, /Invalid location/],
      ['http://169.254.169.254/latest', /Invalid location/],
    ] as const) {
      assert.equal((await addLocation(id, { url })).status, 202, url);
      assert.match(String((await settled(id))['message']), why);
    }
    assert.equal((await addLocation(id, { url: source, validation_data: wrong })).status, 202);
    assert.match(String((await settled(id))['message']), /not matched with actual/);
    const queued = await show(id);
    assert.deepEqual([queued['status'], queued['stores'], queued['os_hash_algo']], ['queued', undefined, null]);
    const validation = { os_hash_algo: 'sha512', os_hash_value: SHA512 };
    assert.equal((await addLocation(id, { url: `${source}/image`, validation_data: validation })).status, 202);
    assert.equal((await settled(id))['status'], 'success');
    const image = await show(id);
    assert.deepEqual(
      [image['status'], image['size'], image['os_hash_value'], image['stores'], image['os_glance_import_task']],
      ['active', BYTES.length, SHA512, 'web', undefined],
    );
    assert.equal(image['checksum'], createHash('md5').update(BYTES).digest('hex'));
    assert.ok((await cloud.ask(`${pathOf(id)}/file`)).bytes.equals(BYTES));
    const part = await cloud.ask(`${pathOf(id)}/file`, { headers: { range: 'bytes=100-199' } });
    assert.deepEqual([part.status, part.bytes], [206, BYTES.subarray(100, 200)]);
    assert.equal((await addLocation(id, { url: source })).status, 409);
    assert.equal((await cloud.ask(pathOf(id), { method: 'DELETE' })).status, 204);
  });

  it('show and take locations by a patch', async () => {
    const { id, locations } = await cloud.create();
    assert.deepEqual(locations, []);
    const place = (path: string, more: object = {}) => ({ url: `${source}${path}`, metadata: {}, ...more });
    const add = (value: object, at = '-') => cloud.patch(id, [{ op: 'add', path: `/locations/${at}`, value }]);
    assert.equal((await add({ url: source })).status, 400);
    assert.equal((await add(place('/nothing'))).status, 400);
    assert.equal((await add({ url: 'file:///etc/passwd', metadata: {} })).status, 400);
    const digest = { os_hash_algo: 'sha512', os_hash_value: SHA512 };
    assert.equal((await add(place('/a', { validation_data: { ...digest, os_hash_algo: 'md5' } }))).status, 409);
    const active = await add(place('/a', { metadata: { zone: 'a' }, validation_data: digest }));
    assert.deepEqual(
      [active.status, active.json['status'], active.json['size'], active.json['os_hash_value']],
      [200, 'active', BYTES.length, SHA512],
    );
    assert.equal((await add(place('/a'))).status, 400);
    assert.equal((await add(place('/b', { validation_data: { ...digest, os_hash_value: 'ab' } }))).status, 409);
    assert.equal((await cloud.patch(id, [{ op: 'remove', path: '/locations/0' }], 'p0:admin')).status, 403);
    assert.equal((await add(place('/b'), '0')).status, 200);
    const urls = async (): Promise<string[]> =>
      ((await show(id))['locations'] as { url: string }[]).map(({ url }) => url);
    assert.deepEqual(await urls(), [`${source}/b`, `${source}/a`]);
    assert.equal((await cloud.patch(id, [{ op: 'replace', path: '/locations', value: [] }])).status, 403);
    assert.equal((await cloud.patch(id, [{ op: 'replace', path: '/locations', value: [place('/c')] }])).status, 400);
    assert.equal((await cloud.patch(id, [{ op: 'remove', path: '/locations/0' }])).status, 403);
    assert.equal((await cloud.patch(id, [{ op: 'remove', path: '/locations/7' }], 'p0:admin')).status, 400);
    assert.equal((await cloud.patch(id, [{ op: 'remove', path: '/locations/0' }], 'p0:admin')).status, 200);
    assert.deepEqual(await urls(), [`${source}/a`]);
    // Of another project's image nobody sees the place.
    await cloud.patch(id, [{ op: 'replace', path: '/visibility', value: 'community' }]);
    const seen = (await cloud.ask(pathOf(id), { as: 'p2' })).json;
    assert.deepEqual([seen['locations'], seen['direct_url']], [[], undefined]);
  });
});
