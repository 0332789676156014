import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Server, ServerMetadata, ServerPage } from '#libs/contracts';
import type { ExpectedErrorCode, MetadataChange } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { memberContext, serverArgs, settled, startMemoryWorker } from '../../testing/memory-worker.js';
import type { MemoryWorker } from '../../testing/memory-worker.js';

describe("a server's metadata in a worker", () => {
  let worker: MemoryWorker;
  let owner: RequestContext;
  let id: string;
  before(async () => {
    worker = await startMemoryWorker({ OS_QUOTA__METADATA_ITEMS: '3' });
    owner = memberContext();
    const args = serverArgs({ metadata: { a: '1', b: '2' } });
    id = ServerPage.unwrap(await worker.conductor.call(owner, 'server_create', args)).objects[0]!.id;
    await settled(worker.conductor, owner, id);
  });
  after(() => worker.stop());

  const change = async (kind: MetadataChange, items: Record<string, string>, ctx = owner) =>
    ServerMetadata.unwrap(await worker.conductor.call(ctx, 'server_metadata_change', { id, change: kind, items }))
      .items;
  const refused = (kind: MetadataChange, items: Record<string, string>, code: ExpectedErrorCode, ctx = owner) =>
    assert.rejects(change(kind, items, ctx), { name: code });

  it('is added to, set, deleted and replaced, and shown with the server', async () => {
    assert.deepEqual(await change('add', { b: 'two', c: '3' }), { a: '1', b: 'two', c: '3' });
    assert.deepEqual(await change('delete', { a: '' }), { b: 'two', c: '3' });
    assert.deepEqual(await change('set', { c: 'three' }), { b: 'two', c: 'three' });
    assert.deepEqual(await change('replace', { x: 'é ☃' }), { x: 'é ☃' });
    const shown = Server.unwrap(await worker.conductor.call(owner, 'server_get', { id }));
    assert.deepEqual(shown.metadata, { x: 'é ☃' });
  });

  it('stays as it was when a change is refused', async () => {
    const items = await change('replace', { x: '1' });
    await refused('add', { a: '', b: '', c: '' }, 'QuotaExceeded');
    await refused('delete', { nope: '' }, 'MetadataItemNotFound');
    await refused('add', { a: '' }, 'InstanceNotFound', memberContext());
    await refused('add', { a: '' }, 'PolicyNotAuthorized', { ...owner, roles: ['reader'] });
    assert.deepEqual(Server.unwrap(await worker.conductor.call(owner, 'server_get', { id })).metadata, items);
  });

  it('is not changed while something is done to the server', async () => {
    await worker.shared.store.db
      .updateTable('instances')
      .set({ task_state: 'rebooting' })
      .where('id', '=', id)
      .execute();
    await refused('add', { a: '' }, 'InstanceInvalidState');
  });
});
