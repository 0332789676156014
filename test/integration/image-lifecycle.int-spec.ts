import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startImageCloud } from '../support/image-cloud.js';
import type { ImageCloud } from '../support/image-cloud.js';

const names = (answer: { json: Record<string, unknown> }): string[] =>
  (answer.json['images'] as { name: string }[]).map(({ name }) => name);

describe('images of projects', () => {
  let cloud: ImageCloud;
  before(async () => {
    cloud = await startImageCloud({ OS_IMAGE__IMAGES: 'name=seed', OS_IMAGE__IMAGE_TAG_QUOTA: '3' });
  });
  after(() => cloud.stop());

  it('begin queued, with all that was given and the defaults of the rest', async () => {
    const image = await cloud.create({ name: 'mine', os_distro: 'debian', tags: ['a', 'a'], min_ram: 64 });
    assert.deepEqual(
      [image['status'], image['visibility'], image['owner'], image['size'], image['checksum'], image['os_distro']],
      ['queued', 'shared', 'p1', null, null, 'debian'],
    );
    assert.deepEqual([image['tags'], image['min_ram'], image['min_disk']], [['a'], 64, 0]);
    const again = await cloud.ask('/v2/images', { method: 'POST', body: { id: image['id'] } });
    assert.equal(again.status, 409);
    const foreign = await cloud.ask('/v2/images', { method: 'POST', body: { owner: 'p2' } });
    assert.equal(foreign.status, 403);
    assert.match(String(foreign.json['message']), /not permitted to create images owned by 'p2'/);
    assert.equal((await cloud.ask('/v2/images', { method: 'POST', body: { visibility: 'public' } })).status, 403);
    const reader = await cloud.ask('/v2/images', { method: 'POST', body: {}, as: 'p1:reader' });
    assert.equal(reader.status, 403);
  });

  it('change by a patch, all of it or nothing', async () => {
    const { id } = await cloud.create({ kind: 'x' });
    const done = await cloud.patch(id, [
      { op: 'replace', path: '/name', value: 'new name' },
      { op: 'add', path: '/a~1b', value: 'slash' },
      { op: 'remove', path: '/kind' },
      { op: 'replace', path: '/tags', value: ['t'] },
    ]);
    assert.equal(done.status, 200);
    assert.deepEqual(
      [done.json['name'], done.json['a/b'], done.json['kind'], done.json['tags']],
      ['new name', 'slash', undefined, ['t']],
    );
    const half = await cloud.patch(id, [
      { op: 'replace', path: '/name', value: 'lost' },
      { op: 'remove', path: '/nothing' },
    ]);
    assert.equal(half.status, 409);
    assert.equal((await cloud.ask(`/v2/images/${String(id)}`)).json['name'], 'new name');
    assert.equal((await cloud.patch(id, [{ op: 'remove', path: '/name' }])).status, 403);
    assert.equal((await cloud.patch(id, [{ op: 'add', path: '/owner', value: 'p2' }])).status, 403);
    assert.equal((await cloud.patch(id, [{ op: 'replace', path: '/min_ram', value: -1 }])).status, 400);
    assert.equal((await cloud.patch(id, [{ op: 'replace', path: '/tags', value: ['1', '2', '3', '4'] }])).status, 413);
    assert.equal((await cloud.patch(id, [{ op: 'replace', path: '/name', value: 'x' }], 'p2')).status, 404);
    assert.equal((await cloud.patch(id, [{ op: 'replace', path: '/visibility', value: 'public' }])).status, 403);
    const open = await cloud.patch(id, [{ op: 'replace', path: '/visibility', value: 'community' }]);
    assert.equal(open.status, 200);
    assert.equal((await cloud.patch(id, [{ op: 'replace', path: '/name', value: 'x' }], 'p2')).status, 403);
  });

  it('have tags', async () => {
    const { id } = await cloud.create();
    const tag = async (method: string, name: string) =>
      (await cloud.ask(`/v2/images/${String(id)}/tags/${name}`, { method })).status;
    assert.deepEqual(
      [await tag('PUT', 'x'), await tag('PUT', 'x'), await tag('DELETE', 'x'), await tag('DELETE', 'x')],
      [204, 204, 204, 404],
    );
    assert.equal(await tag('PUT', 'y'.repeat(256)), 400);
  });

  it('are deleted unless they are protected', async () => {
    const { id } = await cloud.create({ protected: true });
    const path = `/v2/images/${String(id)}`;
    const denied = await cloud.ask(path, { method: 'DELETE' });
    assert.equal(denied.status, 403);
    assert.match(String(denied.json['message']), /is protected and cannot be deleted/);
    await cloud.patch(id, [{ op: 'replace', path: '/protected', value: false }]);
    assert.equal((await cloud.ask(path, { method: 'DELETE' })).status, 204);
    assert.equal((await cloud.ask(path)).status, 404);
    assert.equal((await cloud.ask(path, { method: 'DELETE' })).status, 404);
  });

  it('are shared with members, who see them when they have accepted', async () => {
    const { id } = await cloud.create({ name: 'shared one' });
    const members = `/v2/images/${String(id)}/members`;
    assert.equal((await cloud.ask(`/v2/images/${String(id)}`, { as: 'p3' })).status, 404);
    const added = await cloud.ask(members, { method: 'POST', body: { member: 'p3' } });
    assert.deepEqual([added.status, added.json['status'], added.json['member_id']], [200, 'pending', 'p3']);
    assert.equal((await cloud.ask(members, { method: 'POST', body: { member: 'p3' } })).status, 409);
    assert.equal((await cloud.ask(`/v2/images/${String(id)}`, { as: 'p3' })).status, 200);
    assert.ok(!names(await cloud.ask('/v2/images', { as: 'p3' })).includes('shared one'));
    assert.deepEqual(names(await cloud.ask('/v2/images?visibility=shared&member_status=pending', { as: 'p3' })), [
      'shared one',
    ]);
    const own = `${members}/p3`;
    assert.equal((await cloud.ask(own, { method: 'PUT', body: { status: 'accepted' } })).status, 403);
    assert.equal((await cloud.ask(own, { method: 'PUT', body: { status: 'maybe' }, as: 'p3' })).status, 400);
    assert.equal((await cloud.ask(own, { method: 'PUT', body: { status: 'accepted' }, as: 'p3' })).status, 200);
    assert.ok(names(await cloud.ask('/v2/images', { as: 'p3' })).includes('shared one'));
    assert.equal((await cloud.ask(members, { method: 'POST', body: { member: 'p4' }, as: 'p3' })).status, 403);
    assert.equal((await cloud.ask(own, { as: 'p4' })).status, 404);
    assert.equal((await cloud.ask(own, { method: 'DELETE', as: 'p3' })).status, 403);
    assert.equal((await cloud.ask(own, { method: 'DELETE' })).status, 204);
    assert.equal((await cloud.ask(own)).status, 404);
    const { id: secret } = await cloud.create({ visibility: 'private' });
    assert.equal((await cloud.ask(`/v2/images/${String(secret)}/members`)).status, 403);
  });

  it('are found by filters, those of properties, sizes and times among them', async () => {
    await cloud.create({ name: 'found', hw_disk_bus: 'scsi' });
    assert.deepEqual(names(await cloud.ask('/v2/images?hw_disk_bus=scsi')), ['found']);
    assert.deepEqual(names(await cloud.ask('/v2/images?name=eq:found')), ['found']);
    assert.equal(names(await cloud.ask('/v2/images?created_at=gt:2999-01-01T00:00:00Z')).length, 0);
    assert.equal(names(await cloud.ask('/v2/images?name=found&created_at=lte:2999-01-01T00:00:00Z')).length, 1);
    assert.equal((await cloud.ask('/v2/images?created_at=soon')).status, 400);
    assert.equal((await cloud.ask('/v2/images?created_at=like:2999-01-01T00:00:00Z')).status, 400);
    assert.equal((await cloud.ask('/v2/images?size_min=x')).status, 400);
    assert.equal(names(await cloud.ask('/v2/images?size_min=1')).length, 0);
    const hidden = await cloud.create({ name: 'hidden one', os_hidden: true });
    assert.deepEqual(names(await cloud.ask('/v2/images?os_hidden=true')), ['hidden one']);
    assert.equal((await cloud.ask(`/v2/images/${String(hidden['id'])}`)).status, 200);
  });

  it('of the configuration are a seed: what was deleted stays away, and they have no data', async () => {
    const list = await cloud.ask('/v2/images?name=seed');
    const [seed] = list.json['images'] as { id: string; status: string }[];
    assert.equal(seed?.status, 'active');
    const path = `/v2/images/${seed?.id ?? ''}`;
    assert.equal((await cloud.ask(`${path}/file`)).status, 204);
    assert.equal((await cloud.ask(path, { method: 'DELETE' })).status, 403);
    assert.equal((await cloud.ask(path, { method: 'DELETE', as: 'p0:admin' })).status, 204);
  });

  it('tell services where data lies, take no locations, and have no cache', async () => {
    const { id } = await cloud.create();
    const path = `/v2/images/${String(id)}/locations`;
    assert.equal((await cloud.ask(path)).status, 403);
    assert.equal((await cloud.ask(path, { as: 'p2:admin' })).bytes.toString(), '[]');
    assert.equal((await cloud.ask(path, { method: 'POST', body: {} })).status, 400);
    const body = { url: 'http://127.0.0.1/image' };
    assert.equal((await cloud.ask(path, { method: 'POST', body })).status, 403);
    assert.equal((await cloud.ask(path, { method: 'POST', body, as: 'p2' })).status, 404);
    const requests: readonly [string, string][] = [
      ['GET', '/v2/cache'],
      ['DELETE', '/v2/cache'],
      ['PUT', `/v2/cache/${String(id)}`],
      ['DELETE', `/v2/cache/${String(id)}`],
      ['GET', `/v2/cache/nodes/${String(id)}`],
      ['POST', '/v2/cache/clean'],
      ['POST', '/v2/cache/prune'],
    ];
    for (const [method, route] of requests) {
      const { status, json } = await cloud.ask(route, { method, as: 'p1:admin' });
      assert.deepEqual([status, json['message']], [404, 'Caching via API is not supported at this site.'], route);
      assert.equal((await cloud.ask(route, { method })).status, 403, route);
    }
  });
});
