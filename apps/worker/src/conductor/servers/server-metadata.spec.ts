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

  it('is changed during a task too, in the states that nova allows, and a missing item is missing in every state', async () => {
    const put = (changes: { task_state: 'rebooting' | null; vm_state: 'active' | 'rescued' }) =>
      worker.shared.store.db.updateTable('instances').set(changes).where('id', '=', id).execute();
    await put({ vm_state: 'active', task_state: 'rebooting' });
    assert.equal((await change('add', { during: 'task' }))['during'], 'task');
    await change('delete', { during: '' });
    await put({ vm_state: 'rescued', task_state: null });
    await refused('add', { a: '' }, 'InstanceInvalidState');
    await refused('delete', { x: '' }, 'InstanceInvalidState');
    await refused('delete', { nope: '' }, 'MetadataItemNotFound');
  });
});
