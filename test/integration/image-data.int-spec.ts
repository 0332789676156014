import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startImageCloud } from '../support/image-cloud.js';
import type { ImageCloud } from '../support/image-cloud.js';

const BYTES = randomBytes(1_000_000);
const digest = (algorithm: string): string => createHash(algorithm).update(BYTES).digest('hex');

describe('the data of images', () => {
  let cloud: ImageCloud;
  before(async () => {
    cloud = await startImageCloud({
      OS_IMAGE__UPLOAD_LEASE: '2',
      OS_IMAGE__DATA_SWEEP_INTERVAL: '0.2',
      OS_DEFAULT__PERIODIC_FUZZY_DELAY: '0',
      OS_IMAGE__IMAGE_SIZE_CAP: '2000000',
    });
  });
  after(() => cloud.stop());

  const fileOf = (image: Record<string, unknown>): string => `/v2/images/${String(image['id'])}/file`;
  const statusOf = async (image: Record<string, unknown>): Promise<unknown> =>
    (await cloud.ask(`/v2/images/${String(image['id'])}`)).json['status'];
  const upload = (image: Record<string, unknown>, body: unknown = BYTES) =>
    cloud.ask(fileOf(image), { method: 'PUT', body });
  const filesOf = async (): Promise<string[]> =>
    (await readdir(cloud.directory, { recursive: true }).catch(() => [])).filter((name) => name !== 'incoming');

  async function until(what: string, test: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 300; tries += 1) {
      if (await test()) return;
      await sleep(50);
    }
    assert.fail(`not so after 15 s: ${what}`);
  }

  it('come back as they went in, with their digests, whole or in parts, and go with the image', async () => {
    const image = await cloud.create();
    assert.equal((await cloud.ask(fileOf(image))).status, 204);
    assert.equal((await upload(image)).status, 204);
    const shown = (await cloud.ask(`/v2/images/${String(image['id'])}`)).json;
    assert.deepEqual(
      [
        shown['status'],
        shown['size'],
        shown['virtual_size'],
        shown['checksum'],
        shown['os_hash_algo'],
        shown['os_hash_value'],
        shown['stores'],
      ],
      ['active', BYTES.length, BYTES.length, digest('md5'), 'sha512', digest('sha512'), 'file'],
    );
    const whole = await cloud.ask(fileOf(image));
    assert.equal(whole.status, 200);
    assert.ok(whole.bytes.equals(BYTES));
    assert.equal(whole.headers.get('content-md5'), digest('md5'));
    assert.equal(whole.headers.get('content-length'), String(BYTES.length));
    const ranges: readonly [string, string, Buffer][] = [
      ['bytes=0-4', 'bytes 0-4/1000000', BYTES.subarray(0, 5)],
      ['bytes=999990-', 'bytes 999990-999999/1000000', BYTES.subarray(999_990)],
      ['bytes=-3', 'bytes 999997-999999/1000000', BYTES.subarray(-3)],
    ];
    for (const [range, told, bytes] of ranges) {
      const part = await cloud.ask(fileOf(image), { headers: { range } });
      assert.deepEqual([part.status, part.headers.get('content-range')], [206, told]);
      assert.ok(part.bytes.equals(bytes), range);
    }
    for (const range of ['bytes=1000000-', 'bytes=4-2', 'bytes=0-1,3-4', 'lines=1-2']) {
      assert.equal((await cloud.ask(fileOf(image), { headers: { range } })).status, 416, range);
    }
    assert.equal((await upload(image)).status, 409);
    assert.equal((await cloud.ask(`/v2/images/${String(image['id'])}`, { method: 'DELETE' })).status, 204);
    await until('the file is gone', async () => (await filesOf()).length === 0);
  });

  it('may come without a length told before', async () => {
    const image = await cloud.create();
    assert.equal((await upload(image, new Blob([BYTES]).stream())).status, 204);
    assert.ok((await cloud.ask(fileOf(image))).bytes.equals(BYTES));
  });

  it('need both formats, the right type, and fit what they are called', async () => {
    const formless = await cloud.create({ disk_format: null });
    const refused = await upload(formless);
    assert.equal(refused.status, 400);
    assert.match(String(refused.json['message']), /Property disk_format must be set/);
    const image = await cloud.create({ disk_format: 'qcow2' });
    const octets = { 'content-type': 'text/plain' };
    assert.equal((await cloud.ask(fileOf(image), { method: 'PUT', body: BYTES, headers: octets })).status, 415);
    assert.equal((await upload(image)).status, 415);
    assert.equal(await statusOf(image), 'queued');
    const qcow2 = Buffer.alloc(512);
    qcow2.write('QFI\xfb', 'latin1');
    qcow2.writeUInt32BE(2, 4);
    qcow2.writeBigUInt64BE(1_073_741_824n, 24);
    assert.equal((await upload(image, qcow2)).status, 204);
    assert.equal((await cloud.ask(`/v2/images/${String(image['id'])}`)).json['virtual_size'], 1_073_741_824);
    const raw = await cloud.create();
    assert.equal((await upload(raw, qcow2)).status, 415);
    const hostile = Buffer.from(qcow2);
    hostile.writeBigUInt64BE(64n, 8);
    const other = await cloud.create({ disk_format: 'qcow2' });
    assert.equal((await upload(other, hostile)).status, 415);
  });

  it('that are not there have no type: what python-glanceclient deletes with', async () => {
    for (const type of ['application/octet-stream', 'nonsense', 'text/plain']) {
      const path = `/v2/images/${String((await cloud.create())['id'])}`;
      assert.equal((await cloud.ask(path, { method: 'DELETE', headers: { 'content-type': type } })).status, 204, type);
    }
    const image = `/v2/images/${String((await cloud.create())['id'])}`;
    const bytes = { method: 'DELETE', body: BYTES, headers: { 'content-type': 'application/octet-stream' } };
    assert.equal((await cloud.ask(image, bytes)).status, 415);
    assert.equal((await cloud.ask(image)).status, 200, 'what was refused is not done');
  });

  it('beyond the cap are refused, told before or not, and nothing is left', async () => {
    const image = await cloud.create();
    const big = Buffer.alloc(2_000_001);
    assert.equal((await upload(image, big)).status, 413);
    assert.equal((await upload(image, new Blob([big]).stream())).status, 413);
    assert.equal(await statusOf(image), 'queued');
    assert.equal((await upload(image)).status, 204);
  });

  it('of others and of deactivated images stay closed', async () => {
    const image = await cloud.create();
    await upload(image);
    const path = `/v2/images/${String(image['id'])}`;
    assert.equal((await cloud.ask(fileOf(image), { as: 'p2' })).status, 404);
    assert.equal((await cloud.ask(`${path}/actions/deactivate`, { method: 'POST', as: 'p2' })).status, 404);
    assert.equal((await cloud.ask(`${path}/actions/deactivate`, { method: 'POST' })).status, 204);
    assert.equal((await cloud.ask(fileOf(image))).status, 403);
    assert.equal((await cloud.ask(fileOf(image), { as: 'p0:admin' })).status, 200);
    assert.equal((await cloud.ask(`${path}/actions/reactivate`, { method: 'POST' })).status, 204);
    assert.equal((await cloud.ask(fileOf(image))).status, 200);
    const queued = await cloud.create();
    const denied = await cloud.ask(`/v2/images/${String(queued['id'])}/actions/deactivate`, { method: 'POST' });
    assert.equal(denied.status, 403);
  });

  it('that break off leave nothing, and the image can be tried again; meanwhile nobody else may', async () => {
    const before = await filesOf();
    const image = await cloud.create();
    const sending = httpRequest(`${cloud.url}${fileOf(image)}`, {
      method: 'PUT',
      headers: {
        'x-auth-token': await cloud.token(),
        'content-type': 'application/octet-stream',
        'content-length': 1_000_000,
      },
    });
    sending.on('error', () => undefined);
    sending.write(BYTES.subarray(0, 500_000));
    await until('the image is being saved', async () => (await statusOf(image)) === 'saving');
    assert.equal((await upload(image)).status, 409);
    sending.destroy();
    await until('the image is queued again', async () => (await statusOf(image)) === 'queued');
    await until('its bytes are gone', async () => (await filesOf()).length === before.length);
    assert.equal((await upload(image)).status, 204);
  });

  it('of a gateway that died are swept when its lease is over', async () => {
    const image = await cloud.create();
    const { store, imageStores } = cloud.worker.shared;
    await upload(image);
    const row = { image_id: String(image['id']), store: 'file', size: null } as const;
    const key = '00000000-0000-4000-8000-000000000001';
    await imageStores.default.write(key, new Blob(['left']).stream());
    await store.db.updateTable('images').set({ status: 'saving' }).where('id', '=', row.image_id).execute();
    await store.db
      .insertInto('image_objects')
      .values({ ...row, key, state: 'writing', lease_until: '2020-01-01T00:00:00Z' })
      .execute();
    await until('the image is queued again', async () => (await statusOf(image)) === 'queued');
    await until('the bytes are gone', async () => !(await filesOf()).includes(key));
    const rows = await store.db.selectFrom('image_objects').select('key').where('key', '=', key).execute();
    assert.deepEqual(rows, []);
    assert.ok(!(await filesOf()).includes(join('incoming', key)));
  });

  it('whose image is deleted meanwhile are told so, and leave nothing', async () => {
    const before = await filesOf();
    const image = await cloud.create();
    let finish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (finish = resolve));
    const body = new ReadableStream({
      async start(controller) {
        controller.enqueue(BYTES.subarray(0, 1000));
        await held;
        controller.close();
      },
    });
    const answer = upload(image, body);
    await until('the image is being saved', async () => (await statusOf(image)) === 'saving');
    assert.equal((await cloud.ask(`/v2/images/${String(image['id'])}`, { method: 'DELETE' })).status, 204);
    finish();
    assert.equal((await answer).status, 410);
    await until('its bytes are gone', async () => (await filesOf()).length === before.length);
  });

  it('are staged for an import', async () => {
    const image = await cloud.create();
    assert.equal(
      (await cloud.ask(`/v2/images/${String(image['id'])}/stage`, { method: 'PUT', body: BYTES })).status,
      204,
    );
    const shown = (await cloud.ask(`/v2/images/${String(image['id'])}`)).json;
    assert.deepEqual([shown['status'], shown['size'], shown['checksum']], ['uploading', BYTES.length, null]);
    assert.equal((await cloud.ask(fileOf(image))).status, 204);
    assert.equal((await upload(image)).status, 409);
  });
});
