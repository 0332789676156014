import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startImageCloud } from '../support/image-cloud.js';
import type { ImageCloud } from '../support/image-cloud.js';

const BYTES = randomBytes(300_000);
type Json = Record<string, unknown>;

describe('imports of images', () => {
  let web: Server;
  let source: string;
  let cloud: ImageCloud;
  before(async () => {
    web = createServer((request, response) => {
      if (request.url === '/image') response.end(BYTES);
      else if (request.url === '/moved') response.writeHead(302, { location: '/image' }).end();
      else if (request.url === '/inside') {
        const port = (web.address() as AddressInfo).port;
        response.writeHead(302, { location: `http://127.0.0.2:${port}/image` }).end();
      } else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => web.listen(0, resolve));
    const { port } = web.address() as AddressInfo;
    source = `http://127.0.0.1:${port}`;
    cloud = await startImageCloud({
      OS_IMPORT_FILTERING_OPTS__ALLOWED_HOSTS: '127.0.0.1,localhost',
      OS_IMPORT_FILTERING_OPTS__ALLOWED_PORTS: `80,${port}`,
    });
  });
  after(async () => {
    await cloud.stop();
    web.closeAllConnections();
    web.close();
  });

  const importOf = (id: unknown, method: object, as?: string) =>
    cloud.ask(`/v2/images/${String(id)}/import`, {
      method: 'POST',
      body: { method },
      ...(as === undefined ? {} : { as }),
    });
  const show = async (id: unknown): Promise<Json> => (await cloud.ask(`/v2/images/${String(id)}`)).json;
  const lastTask = async (id: unknown): Promise<Json> =>
    ((await cloud.ask(`/v2/images/${String(id)}/tasks`)).json['tasks'] as Json[]).at(-1) ?? {};

  async function settled(id: unknown): Promise<Json> {
    for (let tries = 0; tries < 300; tries += 1) {
      const task = await lastTask(id);
      if (task['status'] === 'success' || task['status'] === 'failure') return task;
      await sleep(50);
    }
    return assert.fail('the task did not end');
  }

  it('take what was staged, and leave no stage', async () => {
    const { id } = await cloud.create();
    assert.equal((await importOf(id, { name: 'glance-direct' })).status, 409);
    await cloud.ask(`/v2/images/${String(id)}/stage`, { method: 'PUT', body: BYTES });
    assert.equal((await importOf(id, { name: 'glance-direct' }, 'p2')).status, 404);
    assert.equal((await importOf(id, { name: 'glance-direct' })).status, 202);
    assert.equal((await settled(id))['status'], 'success');
    const image = await show(id);
    assert.deepEqual(
      [image['status'], image['size'], image['checksum'], image['os_glance_import_task']],
      ['active', BYTES.length, createHash('md5').update(BYTES).digest('hex'), undefined],
    );
    assert.ok((await cloud.ask(`/v2/images/${String(id)}/file`)).bytes.equals(BYTES));
    assert.equal((await importOf(id, { name: 'glance-direct' })).status, 409);
    // There is one store only.
    assert.equal((await importOf(id, { name: 'copy-image' }, 'p0:admin')).status, 400);
    assert.deepEqual([image['os_glance_importing_to_stores'], image['os_glance_failed_import']], ['', '']);
  });

  it('fetch from the web, also after a redirect', async () => {
    const { id } = await cloud.create();
    assert.equal((await importOf(id, { name: 'web-download', uri: `${source}/moved` })).status, 202);
    const task = await settled(id);
    assert.deepEqual([task['status'], task['type'], task['result']], ['success', 'api_image_import', { image_id: id }]);
    assert.equal((await show(id))['status'], 'active');
  });

  it('never reach an address inside that the operator does not list', async () => {
    const { id } = await cloud.create();
    for (const uri of [
      'http://169.254.169.254/latest',
      'http://10.0.0.1/',
      'http://[::1]/',
      'http://127.0.0.1:22/',
      'file:///etc/passwd',
      'http://user:word@localhost/',
      'nonsense',
    ]) {
      assert.equal((await importOf(id, { name: 'web-download', uri })).status, 400, uri);
    }
    assert.equal((await importOf(id, { name: 'web-download', uri: `${source}/inside` })).status, 202);
    const task = await settled(id);
    assert.equal(task['status'], 'failure');
    assert.match(String(task['message']), /does not pass filtering/);
    assert.equal((await show(id))['status'], 'queued');
  });

  it('that fail leave the image queued, and can be tried again', async () => {
    const { id } = await cloud.create();
    assert.equal((await importOf(id, { name: 'web-download', uri: `${source}/nothing` })).status, 202);
    assert.match(String((await settled(id))['message']), /answered 404/);
    const image = await show(id);
    assert.deepEqual([image['status'], image['os_glance_import_task']], ['queued', undefined]);
    assert.deepEqual([image['os_glance_importing_to_stores'], image['os_glance_failed_import']], ['', 'file']);
    assert.equal((await importOf(id, { name: 'web-download', uri: `${source}/image` })).status, 202);
  });

  it('are tasks, which administrators see', async () => {
    assert.equal((await cloud.ask('/v2/tasks')).status, 403);
    const list = await cloud.ask('/v2/tasks?limit=1', { as: 'p0:admin' });
    assert.equal((list.json['tasks'] as Json[]).length, 1);
    assert.equal(typeof list.json['next'], 'string');
    const body = {
      type: 'import',
      input: {
        import_from: `${source}/image`,
        import_from_format: 'raw',
        image_properties: { name: 'by task', container_format: 'bare', disk_format: 'raw' },
      },
    };
    const made = await cloud.ask('/v2/tasks', { method: 'POST', body, as: 'p0:admin' });
    assert.equal(made.status, 201);
    const path = `/v2/tasks/${String(made.json['id'])}`;
    let task: Json = {};
    for (let tries = 0; tries < 300 && task['status'] !== 'success'; tries += 1) {
      task = (await cloud.ask(path, { as: 'p0:admin' })).json;
      await sleep(50);
    }
    const { image_id: id } = task['result'] as Json;
    const image = (await cloud.ask(`/v2/images/${String(id)}`, { as: 'p0:admin' })).json;
    assert.deepEqual([image['status'], image['name']], ['active', 'by task']);
    assert.equal((await cloud.ask('/v2/tasks/nothing', { as: 'p0:admin' })).status, 404);
  });
});
