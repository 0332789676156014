import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createContext } from '#libs/telemetry';
import { Authorizer } from '../policy/authorizer.js';
import { openMemoryStore } from '../testing/memory-store.js';
import type { Store } from '../store/index.js';
import { bootstrapIdentity } from '../identity/bootstrap-identity.js';
import { bootstrapImages } from './image-bootstrap.js';
import { ImageCatalog } from './image-catalog.js';
import { parseImageEntry } from './image-bootstrap.js';
import { uuidV5 } from './image-bootstrap.js';

const cirros = { name: 'cirros', min_ram: '64', size: '21430272', os_distro: 'cirros' };

describe('images', () => {
  let store: Store;
  let images: ImageCatalog;
  before(async () => {
    store = await openMemoryStore();
    images = new ImageCatalog(store, new Authorizer());
    await bootstrapImages(store, [cirros, { name: 'debian' }], 'admin');
  });
  after(() => store.close());
  const reader = createContext({ project_id: 'p1', roles: ['reader'] });

  it('have ids made of their names, as RFC 9562 makes them', () => {
    assert.equal(
      uuidV5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com'),
      '2ed6657d-e927-568b-95e1-2665a8aea6a2',
    );
    assert.equal(parseImageEntry(cirros).id, parseImageEntry({ name: 'cirros' }).id);
  });

  it('say what is wrong with an entry', () => {
    assert.throws(() => parseImageEntry({}), /expected name of 1 to 255/);
    assert.throws(() => parseImageEntry({ name: 'x', size: '1 GB' }), /image "x": expected size to be a whole number/);
    assert.throws(() => parseImageEntry({ name: 'x', disk_format: 'zip' }), /expected disk_format to be one of/);
    assert.throws(() => parseImageEntry({ name: 'x', visibility: 'private' }), /public or community/);
  });

  it('follow the configuration at every start, without touching what is the same', async () => {
    const [before] = (await images.list(reader, { filters: { name: ['cirros'] } })).objects;
    assert.deepEqual(
      [before?.min_ram, before?.size, before?.properties, before?.status],
      [64, 21_430_272, { os_distro: 'cirros' }, 'active'],
    );
    await bootstrapImages(store, [cirros], 'admin');
    assert.equal((await images.get(reader, before!.id)).updated_at, before!.updated_at);
    await bootstrapImages(store, [{ ...cirros, min_ram: '128' }], 'admin');
    const changed = await images.get(reader, before!.id);
    assert.equal(changed.min_ram, 128);
    assert.ok(changed.updated_at > before!.updated_at);
    assert.equal(changed.created_at, before!.created_at);
  });

  it("belong to the administrator's project where there is one", async () => {
    await bootstrapIdentity(store, {}, 'RegionOne');
    const project = await store.db.selectFrom('projects').select('id').where('name', '=', 'admin').executeTakeFirst();
    await bootstrapImages(store, [{ name: 'owned' }], 'admin');
    const [owned, free] = [parseImageEntry({ name: 'owned' }).id, parseImageEntry(cirros).id];
    assert.equal((await images.get(reader, owned)).owner, project?.id ?? assert.fail('no project'));
    assert.equal((await images.get(reader, free)).owner, null);
    await store.transaction((tx) => tx.deleteFrom('images').where('id', '=', owned).execute(), { name: 'test' });
  });

  it('are seen by readers, found by filters and sorted', async () => {
    const names = async (args: object) => (await images.list(reader, args)).objects.map((image) => image.name);
    assert.deepEqual(await names({ sort_keys: ['name'], sort_dirs: ['desc'] }), ['debian', 'cirros']);
    assert.deepEqual(await names({ sort_keys: ['size'], sort_dirs: ['asc'], limit: 1 }), ['debian']);
    assert.deepEqual(await names({ filters: { name: ['nope'] } }), []);
    assert.deepEqual(await names({ filters: { tag: ['x'] } }), []);
    await assert.rejects(images.get(reader, 'nope'), { code: 'ImageNotFound', message: 'No image found with ID nope' });
    assert.equal(await images.find(createContext({}), parseImageEntry(cirros).id), null);
  });

  it('of others stay unseen', async () => {
    await store.db
      .updateTable('images')
      .set({ visibility: 'private', owner: 'p2' })
      .where('name', '=', 'debian')
      .execute();
    const count = async (project: string, roles: string[]) =>
      (await images.list(createContext({ project_id: project, roles }), {})).objects.length;
    assert.equal(await count('p1', ['reader']), 1);
    assert.equal(await count('p2', ['reader']), 2);
    assert.equal(await count('p1', ['admin']), 2);
  });
});
