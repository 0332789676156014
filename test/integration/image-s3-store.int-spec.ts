// Images in a bucket of a real S3 server, alone and beside a directory.
import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { S3Store } from '#libs/imagestore';
import { missingS3Server, startS3Server } from '#testing/s3-server';
import type { S3Server } from '#testing/s3-server';
import { startImageCloud } from '../support/image-cloud.js';
import type { ImageCloud } from '../support/image-cloud.js';

const PART = 5 * 1_048_576;

describe('images in a bucket', { skip: missingS3Server() }, () => {
  let server: S3Server;
  let cloud: ImageCloud;
  let store: S3Store;
  before(async () => {
    server = await startS3Server();
    cloud = await startImageCloud({ ...server.options, OS_GLANCE_STORE__STORES: 's3,file' });
    store = storeAt(server.url);
  });
  after(async () => {
    await store?.close();
    await cloud?.stop();
    await server?.stop();
  });

  const storeAt = (host: string): S3Store =>
    new S3Store({
      host,
      region: undefined,
      accessKey: 'an-access-key',
      secretKey: 'a-secret-key',
      bucket: 'images',
      createsBucket: true,
      urlFormat: 'auto',
      partBytes: PART,
      parallel: 2,
      caFile: undefined,
    });
  async function* inChunks(bytes: Buffer, failsAt = Infinity): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 100_000) {
      if (at >= failsAt) throw new Error('the line is dead');
      yield bytes.subarray(at, at + 100_000);
    }
  }
  const bytesOf = async (key: string, range?: { start: number; end: number }): Promise<Buffer> =>
    Buffer.concat(await (await store.read(key, range)).toArray());
  const uploads = async (): Promise<string> => (await fetch(`${server.url}/images?uploads`)).text();

  it('are whole or not at all: none, one part, many', async () => {
    for (const size of [0, 10, PART, PART + 1, 3 * PART + 12_345]) {
      const bytes = randomBytes(size);
      const key = randomUUID();
      await store.write(key, inChunks(bytes));
      assert.ok((await bytesOf(key)).equals(bytes), String(size));
      if (size > PART) {
        const part = await bytesOf(key, { start: PART - 2, end: PART });
        assert.ok(part.equals(bytes.subarray(PART - 2, PART + 1)));
      }
      await store.remove(key);
      await store.remove(key);
      await assert.rejects(store.read(key), { code: 'ObjectMissing' });
    }
    const broken = randomUUID();
    await assert.rejects(store.write(broken, inChunks(randomBytes(3 * PART), 2 * PART + 1)), /the line is dead/);
    await assert.rejects(store.read(broken), { code: 'ObjectMissing' });
    assert.ok(!(await uploads()).includes(broken));
  });

  it('leave no part behind when the process of a write dies', async () => {
    const key = randomUUID();
    // As a process that is gone leaves it: begun, with a part, and nobody to end it.
    const begun = await (await fetch(`${server.url}/images/${key}?uploads`, { method: 'POST' })).text();
    const [, upload = ''] = /<UploadId>(.*?)<\/UploadId>/.exec(begun) ?? [];
    await fetch(`${server.url}/images/${key}?partNumber=1&uploadId=${upload}`, { method: 'PUT', body: 'left' });
    assert.ok((await uploads()).includes(key));
    await store.remove(key);
    assert.ok(!(await uploads()).includes(key));
  });

  it('are a failure of the store where the server is away', async () => {
    const away = storeAt('127.0.0.1:1');
    await assert.rejects(away.write(randomUUID(), inChunks(Buffer.from('x'))), { code: 'StoreUnavailable' });
    await assert.rejects(away.read('../secret'), TypeError);
    await away.close();
  });

  it('are uploaded and downloaded, by ranges too, and go with their image', async () => {
    const bytes = randomBytes(2 * PART + 1);
    const { id } = await cloud.create();
    const path = `/v2/images/${String(id)}`;
    const checksum = createHash('md5').update(bytes).digest('hex');
    assert.equal((await cloud.ask(`${path}/file`, { method: 'PUT', body: bytes })).status, 204);
    const image = (await cloud.ask(path)).json;
    assert.deepEqual([image['status'], image['stores'], image['checksum']], ['active', 's3', checksum]);
    assert.ok((await cloud.ask(`${path}/file`)).bytes.equals(bytes));
    const part = await cloud.ask(`${path}/file`, { headers: { range: 'bytes=5-9' } });
    assert.deepEqual([part.status, part.bytes], [206, bytes.subarray(5, 10)]);
    const listed = async (): Promise<string> => (await fetch(`${server.url}/images`)).text();
    assert.match(await listed(), /<Key>/);
    assert.equal((await cloud.ask(path, { method: 'DELETE' })).status, 204);
    while ((await listed()).includes('<Key>'));
  });

  it('go to the store that is asked for, and are copied to others', async () => {
    const bytes = randomBytes(1000);
    const { id } = await cloud.create();
    const path = `/v2/images/${String(id)}`;
    const upload = { method: 'PUT', body: bytes, headers: { 'x-image-meta-store': 'file' } };
    assert.equal((await cloud.ask(`${path}/file`, upload)).status, 204);
    assert.equal((await cloud.ask(path)).json['stores'], 'file');
    const body = { method: { name: 'copy-image' }, stores: ['s3'] };
    assert.equal((await cloud.ask(`${path}/import`, { method: 'POST', body, as: 'p1:admin' })).status, 202);
    while ((await cloud.ask(path)).json['stores'] !== 'file,s3');
    assert.ok((await cloud.ask(`${path}/file`)).bytes.equals(bytes));
    const located = await cloud.ask(`${path}/locations`, { as: 'p1:admin' });
    const locations = JSON.parse(located.bytes.toString()) as { url: string; metadata: object }[];
    assert.deepEqual(
      locations.map(({ url, metadata }) => [url.replace(/[^/]*$/, ''), metadata]),
      [
        [`file://${cloud.directory}/`, { store: 'file' }],
        [`${server.url.replace('http', 's3')}/images/`, { store: 's3' }],
      ],
    );
    const remove = (store: string, as: string) =>
      cloud.ask(`/v2/stores/${store}/${String(id)}`, { method: 'DELETE', as });
    assert.equal((await remove('file', 'p1')).status, 403);
    assert.equal((await remove('file', 'p2')).status, 404);
    assert.equal((await remove('none', 'p1:admin')).status, 409);
    assert.equal((await remove('file', 'p1:admin')).status, 204);
    assert.equal((await remove('s3', 'p1:admin')).status, 403);
    assert.equal((await cloud.ask(path)).json['stores'], 's3');
    assert.ok((await cloud.ask(`${path}/file`)).bytes.equals(bytes));
    const stores = (await cloud.ask('/v2/info/stores')).json['stores'] as Record<string, unknown>[];
    assert.deepEqual(
      stores.map((each) => [each['id'], each['default']]),
      [
        ['s3', 'true'],
        ['file', undefined],
      ],
    );
    const detail = (await cloud.ask('/v2/info/stores/detail', { as: 'p1:admin' })).bytes.toString();
    assert.ok(!detail.includes('a-secret-key') && !detail.includes('an-access-key'), detail);
  });
});
