import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { InstanceAction, InstanceActionPage, ServerActionResult, ServerPage } from '#libs/contracts';
import type { ServerActionName, ServerActionResultData, ServerData, TaskState, VmState } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import {
  adminContext,
  gone,
  memberContext,
  serverArgs,
  settled,
  startMemoryWorker,
} from '../../testing/memory-worker.js';
import type { MemoryWorker } from '../../testing/memory-worker.js';

describe('the actions of a server', () => {
  let worker: MemoryWorker;
  const ctx = memberContext();
  const admin = adminContext();
  before(async () => {
    worker = await startMemoryWorker({ OS_QUOTA__INSTANCES: '-1' });
  });
  after(() => worker.stop());

  async function activeServer(): Promise<string> {
    const page = ServerPage.unwrap(await worker.conductor.call(ctx, 'server_create', serverArgs()));
    const { id } = page.objects[0]!;
    assert.equal((await settled(worker.conductor, ctx, id)).vm_state, 'active');
    return id;
  }
  async function act(
    id: string,
    action: ServerActionName,
    body?: object,
    as: RequestContext = ctx,
  ): Promise<ServerActionResultData> {
    const args = { id, action, microversion: 95, ...(body !== undefined && { body }) };
    return ServerActionResult.unwrap(await worker.conductor.call(as, 'server_act', args));
  }
  const done = async (
    id: string,
    action: ServerActionName,
    body?: object,
    as?: RequestContext,
  ): Promise<ServerData> => {
    await act(id, action, body, as);
    return settled(worker.conductor, ctx, id);
  };
  const row = (id: string) =>
    worker.shared.store.db.selectFrom('instances').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const put = (id: string, vm_state: VmState, task_state: TaskState = null) =>
    worker.shared.store.db.updateTable('instances').set({ vm_state, task_state }).where('id', '=', id).execute();
  const recorded = async (id: string) => {
    const { db } = worker.shared.store;
    const actions = await db
      .selectFrom('instance_actions as a')
      .leftJoin('instance_action_events as e', 'e.action_id', 'a.id')
      .select(['a.action', 'a.message', 'a.request_id', 'e.event', 'e.result', 'e.host'])
      .where('a.instance_id', '=', id)
      .orderBy('a.id')
      .execute();
    return actions;
  };

  it('lead from state to state as nova says, each recorded with its event', async () => {
    const id = await activeServer();
    const walk: [ServerActionName, VmState, number][] = [
      ['pause', 'paused', 3],
      ['unpause', 'active', 1],
      ['suspend', 'suspended', 7],
      ['resume', 'active', 1],
      ['change_password', 'active', 1],
    ];
    for (const [action, state, power] of walk) {
      const server = await done(id, action);
      assert.deepEqual([server.vm_state, server.power_state], [state, power], action);
    }
    const found = await recorded(id);
    assert.deepEqual(
      found.map(({ action, event, result, message }) => [action, event, result, message]),
      [
        ['create', 'compute__do_build_and_run_instance', 'Success', null],
        ['pause', 'compute_pause_instance', 'Success', null],
        ['unpause', 'compute_unpause_instance', 'Success', null],
        ['suspend', 'compute_suspend_instance', 'Success', null],
        ['resume', 'compute_resume_instance', 'Success', null],
        ['changePassword', 'compute_set_admin_password', 'Success', null],
      ],
    );
    assert.ok(found.every(({ host, request_id: request }) => host === 'test-host' && request === ctx.request_id));
  });

  it('are refused in a state that they are not for, with nova’s words', async () => {
    const id = await activeServer();
    await assert.rejects(act(id, 'unpause'), {
      name: 'InstanceInvalidState',
      message: `Cannot 'unpause' instance ${id} while it is in vm_state active`,
    });
    await put(id, 'active', 'rebooting');
    await assert.rejects(act(id, 'pause'), { message: /while it is in task_state rebooting$/ });
    await put(id, 'active');
  });

  it('are refused to the owner of a locked server and not to an administrator', async () => {
    const id = await activeServer();
    await act(id, 'lock', { locked_reason: 'mine' });
    assert.deepEqual(pick(await row(id)), [true, 'owner', 'mine']);
    await assert.rejects(act(id, 'pause'), { name: 'Conflict', message: `Instance ${id} is locked` });
    await assert.rejects(act(id, 'force_delete'), { name: 'Conflict' });
    assert.equal((await done(id, 'pause', undefined, admin)).vm_state, 'paused');
    await act(id, 'unlock');
    assert.deepEqual(pick(await row(id)), [false, null, null]);
  });

  it('a lock of an administrator is not the owner’s to open', async () => {
    const id = await activeServer();
    await act(id, 'lock', {}, admin);
    await act(id, 'lock', { locked_reason: 'now mine?' });
    assert.deepEqual(pick(await row(id)), [true, 'admin', null]);
    await assert.rejects(act(id, 'unlock'), { name: 'PolicyNotAuthorized' });
    await act(id, 'unlock', undefined, admin);
    await act(id, 'unlock');
  });

  it('reset a state that is wrong, for administrators alone', async () => {
    const id = await activeServer();
    await put(id, 'active', 'suspending');
    await assert.rejects(act(id, 'reset_state', { state: 'error' }), { name: 'PolicyNotAuthorized' });
    await act(id, 'reset_state', { state: 'error' }, admin);
    assert.equal((await settled(worker.conductor, ctx, id)).vm_state, 'error');
    await act(id, 'reset_state', { state: 'active' }, admin);
    assert.equal((await settled(worker.conductor, ctx, id)).vm_state, 'active');
    await assert.rejects(act(id, 'reset_state', { state: 'paused' }, admin), { name: 'InvalidInput' });
  });

  it('show the last lines of the console, of a stopped server too', async () => {
    const id = await activeServer();
    const all = (await act(id, 'get_console_output')).output ?? '';
    assert.ok(all.split('\n').length > 10, all);
    assert.equal((await act(id, 'get_console_output', { length: 10 })).output, all.split('\n').slice(-10).join('\n'));
    assert.equal((await act(id, 'get_console_output', { length: 0 })).output, '');
    assert.equal((await act(id, 'get_console_output', { length: -1 })).output, all);
    await done(id, 'stop');
    assert.equal((await act(id, 'get_console_output', { length: 10 })).output?.split('\n').length, 10);
  });

  it('a crash dump is no task: the server stays what it is', async () => {
    const id = await activeServer();
    await act(id, 'trigger_crash_dump');
    assert.equal((await settled(worker.conductor, ctx, id)).vm_state, 'active');
    await done(id, 'stop');
    await assert.rejects(act(id, 'trigger_crash_dump'), { name: 'InstanceInvalidState' });
  });

  it('of another project’s server are not found', async () => {
    const id = await activeServer();
    await assert.rejects(act(id, 'pause', undefined, memberContext()), { name: 'InstanceNotFound' });
  });

  it('what a force delete removes leaves its record behind', async () => {
    const id = await activeServer();
    await act(id, 'force_delete');
    await gone(worker.conductor, ctx, id);
    assert.equal((await recorded(id)).at(-1)?.event, 'compute_terminate_instance');
  });

  it('are listed with their events, the newest first, also of a server that is gone', async () => {
    const id = await activeServer();
    await done(id, 'pause');
    const list = async (args: object) =>
      InstanceActionPage.unwrap(
        await worker.conductor.call(ctx, 'instance_action_list', { id, with_deleted: true, ...args }),
      );
    const all = await list({});
    assert.deepEqual(
      all.objects.map(({ action }) => action),
      ['pause', 'create'],
    );
    await act(id, 'force_delete');
    await gone(worker.conductor, ctx, id);
    assert.equal((await list({ limit: 1 })).objects[0]?.action, 'delete');
    await assert.rejects(list({ with_deleted: false }), { name: 'InstanceNotFound' });
    await assert.rejects(list({ marker: 'req-nosuch' }), { name: 'MarkerNotFound' });
    const shown = { id, request_id: ctx.request_id, with_deleted: true };
    const found = InstanceAction.unwrap(await worker.conductor.call(ctx, 'instance_action_get', shown));
    assert.deepEqual(
      found.events.map(({ event, result }) => [event, result]),
      [['compute_terminate_instance', 'Success']],
    );
    const other = { ...shown, request_id: 'req-nosuch' };
    await assert.rejects(worker.conductor.call(ctx, 'instance_action_get', other), { name: 'InstanceActionNotFound' });
    await assert.rejects(worker.conductor.call(memberContext(), 'instance_action_get', shown), {
      name: 'InstanceNotFound',
    });
  });

  it('without a host are for later', async () => {
    const id = await activeServer();
    await worker.shared.store.db.updateTable('instances').set({ host: null }).where('id', '=', id).execute();
    await assert.rejects(act(id, 'pause'), { name: 'Conflict', message: `Instance ${id} is not ready` });
  });
});

describe('a deferred delete', () => {
  let worker: MemoryWorker;
  const ctx = memberContext();
  before(async () => {
    worker = await startMemoryWorker({ OS_DEFAULT__RECLAIM_INSTANCE_INTERVAL: '3600', OS_QUOTA__INSTANCES: '1' });
  });
  after(() => worker.stop());
  const create = async (): Promise<string> => {
    const page = ServerPage.unwrap(await worker.conductor.call(ctx, 'server_create', serverArgs()));
    const { id } = page.objects[0]!;
    await settled(worker.conductor, ctx, id);
    return id;
  };
  const act = (id: string, action: ServerActionName) =>
    worker.conductor.call(ctx, 'server_act', { id, action, microversion: 1 });

  it('keeps the server switched off and uncounted, until it is restored or deleted at last', async () => {
    const id = await create();
    await worker.conductor.call(ctx, 'server_delete', { id });
    const kept = await settled(worker.conductor, ctx, id);
    assert.deepEqual([kept.vm_state, kept.power_state], ['soft-delete', 4]);
    const listed = ServerPage.unwrap(await worker.conductor.call(ctx, 'server_list', {}));
    assert.deepEqual(listed.objects, []);
    await act(id, 'restore');
    assert.equal((await settled(worker.conductor, ctx, id)).vm_state, 'active');
    await worker.conductor.call(ctx, 'server_delete', { id });
    await settled(worker.conductor, ctx, id);
    const other = await create();
    await assert.rejects(act(id, 'restore'), { name: 'QuotaExceeded' });
    await act(id, 'force_delete');
    await gone(worker.conductor, ctx, id);
    await act(other, 'force_delete');
    await gone(worker.conductor, ctx, other);
  });
});

function pick({ locked, locked_by: by, locked_reason: reason }: object & Record<string, unknown>): unknown[] {
  return [locked, by, reason];
}
