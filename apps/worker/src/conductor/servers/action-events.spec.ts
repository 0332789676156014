import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ServerActionName } from '#libs/contracts';
import { stableImageId } from '../../image/image-bootstrap.js';
import {
  actOn,
  activeServer,
  adminContext,
  memberContext,
  settled,
  startMemoryWorker,
} from '../../testing/memory-worker.js';
import type { MemoryWorker } from '../../testing/memory-worker.js';

describe('the events of actions', () => {
  let worker: MemoryWorker;
  const ctx = memberContext();
  before(async () => {
    worker = await startMemoryWorker({ OS_FAKE__HOSTS: '2', OS_FAKE__REBUILD_DELAY: '0' });
  });
  after(() => worker.stop());

  const events = (id: string) =>
    worker.shared.store.db
      .selectFrom('instance_action_events as e')
      .innerJoin('instance_actions as a', 'a.id', 'e.action_id')
      .select(['e.event', 'e.result'])
      .where('a.instance_id', '=', id)
      .orderBy('a.id')
      .orderBy('e.start_time')
      .execute();

  it('are those of nova, of the conductor and of both hosts', async () => {
    const { id, progress } = await activeServer(worker.conductor, ctx);
    assert.equal(progress, 0);
    const walk: [ServerActionName, object?][] = [
      ['rebuild', { imageRef: stableImageId('cirros') }],
      ['resize', { flavorRef: '2' }],
      ['confirm_resize'],
      ['migrate_live', { host: null, block_migration: 'auto' }],
      ['shelve'],
      ['unshelve'],
    ];
    for (const [action, body] of walk) {
      const as = action === 'migrate_live' ? adminContext() : ctx;
      await actOn(worker.conductor, as, id, { action, body });
      await settled(worker.conductor, ctx, id);
    }
    const found = await events(id);
    assert.deepEqual(
      found.map(({ event }) => event),
      [
        'compute__do_build_and_run_instance',
        'rebuild_server',
        'compute_rebuild_instance',
        'conductor_migrate_server',
        'cold_migrate',
        'compute_prep_resize',
        'compute_resize_instance',
        'compute_finish_resize',
        'compute_confirm_resize',
        'conductor_live_migrate_instance',
        'compute_check_can_live_migrate_destination',
        'compute_check_can_live_migrate_source',
        'compute_live_migration',
        'compute_pre_live_migration',
        'compute_post_live_migration_at_destination',
        'compute_shelve_instance',
        'compute_shelve_offload_instance',
        'get_image_info',
        'schedule_instances',
        'compute_unshelve_instance',
      ],
    );
    assert.ok(found.every(({ result }) => result === 'Success'));
    assert.equal((await settled(worker.conductor, ctx, id)).progress, 0);
  });
});
