import { ExpectedError, POWER_STATE } from '#libs/contracts';
import { recordEvents } from '../../../instances/instance-actions.js';
import { beginMove, undoMove } from '../../../instances/instance-moves.js';
import type { MigrationRow } from '../../../instances/instance-moves.js';
import type { ActionHandlers, ActionInHand } from './action-handler.js';
import { ownerOf } from './action-handler.js';
import { requireHost } from '../destination.js';
import { isUp, noValidHost, toPlace } from './hosts.js';

/** Live migration and evacuation. */
export const hostHandlers: ActionHandlers = {
  migrate_live: {
    async begin(services, hand) {
      const { tx, context, row, body, microversion } = hand;
      const host = typeof body['host'] === 'string' ? body['host'] : null;
      if (host !== null) {
        const rule = 'os_compute_api:os-migrate-server:migrate_live:host';
        services.authorizer.authorize(context, 'compute', rule, ownerOf(row));
        await requireHost(tx, host);
      }
      requireForcedHost(body, host);
      const source = row.host ?? '';
      // Before 2.34 nova waits for the checks, and returns their errors.
      const refuse = (text: string): never => {
        throw new ExpectedError('InvalidInput', text);
      };
      const begun = await beginMove(tx, {
        instance_id: row.id,
        migration_type: 'live-migration',
        status: 'accepted',
        source_compute: row.host,
        source_node: row.node,
        requested_host: host,
        old_vm_state: row.vm_state,
        old_power_state: row.power_state,
        user_id: context.user_id,
        project_id: context.project_id,
      });
      const isSelf = host === source;
      const chosen = isSelf ? null : await services.chooser.claim(tx, toPlace(row), { only: host, except: [source] });
      if (chosen === null) {
        const self = `Unable to migrate instance (${row.id}) to current host (${source}).`;
        const reason = 'There are not enough hosts available.';
        if (microversion < 34) refuse(isSelf ? self : `No valid host was found. ${reason}`);
        await undoMove(tx, begun, 'error');
        return noValidHost(services, hand, { events: ['conductor_live_migrate_instance'], reason });
      }
      await tx
        .updateTable('migrations')
        .set({ dest_compute: chosen.host, dest_node: chosen.node, status: 'running' })
        .where('id', '=', begun.id)
        .execute();
      await recordEvents(tx, context, row.id, {
        conductor_live_migrate_instance: null,
        compute_check_can_live_migrate_destination: chosen.host,
        compute_check_can_live_migrate_source: source,
      });
      return { next: () => services.casts.step(tx, context, source, 'live_migration', row) };
    },
  },
  abort_live_migration: {
    async begin({ notices }, { tx, row, body, microversion }) {
      const move = await requireLive(tx, row, body);
      const states = microversion < 65 ? ['running'] : ['running', 'accepted', 'queued', 'preparing'];
      if (!states.includes(move.status)) throw invalidMove(row, move, 'abort live migration');
      await undoMove(tx, move, 'cancelled');
      notices.tellAfter(tx, 'live_migration_abort.end', row.id);
      notices.changedAfter(tx, row, { task_state: null });
      return { changes: { task_state: null, task_arguments: null } };
    },
  },
  force_complete_live_migration: {
    async begin({ notices }, { tx, row, body }) {
      const move = await requireLive(tx, row, body).catch((error: unknown) => {
        // nova answers 400 here.
        if (error instanceof ExpectedError) throw new ExpectedError('InvalidInput', error.message);
        throw error;
      });
      if (move.status !== 'running') throw invalidMove(row, move, 'force complete');
      notices.tellAfter(tx, 'live_migration_force_complete.end', row.id);
      return { changes: { task_arguments: JSON.stringify({ ...row.task_arguments, force_complete: true }) } };
    },
  },
  evacuate: {
    async begin(services, hand) {
      const { tx, context, row, body, microversion } = hand;
      const host = typeof body['host'] === 'string' ? body['host'] : null;
      requireForcedHost(body, host);
      if (microversion < 14) requireStorage(body);
      if (host !== null) {
        const text = `Compute host ${host} not found.`;
        await requireHost(tx, host).catch((error: unknown) => {
          throw error instanceof ExpectedError ? new ExpectedError('ServiceNotFound', text) : error;
        });
      }
      if (host === row.host) throw new ExpectedError('InvalidInput', "The target host can't be the same one.");
      const source = row.host ?? '';
      if (await isUp(services, tx, source)) {
        throw new ExpectedError('InvalidInput', `Compute service of ${source} is still in use.`);
      }
      const begun = await beginMove(tx, {
        instance_id: row.id,
        migration_type: 'evacuation',
        status: 'accepted',
        source_compute: row.host,
        source_node: row.node,
        requested_host: host,
        old_vm_state: row.vm_state,
        old_power_state: row.power_state,
        user_id: context.user_id,
        project_id: context.project_id,
      });
      const chosen = await services.chooser.claim(tx, toPlace(row), { only: host, except: [source] });
      if (chosen === null) {
        await undoMove(tx, begun, 'error');
        const reason = 'There are not enough hosts available.';
        return noValidHost(services, hand, { events: ['rebuild_server'], reason, state: 'error' });
      }
      const { host: dest, node } = chosen;
      const changes = { dest_compute: dest, dest_node: node };
      await tx.updateTable('migrations').set(changes).where('id', '=', begun.id).execute();
      await recordEvents(tx, context, row.id, { rebuild_server: null });
      services.notices.tellAfter(tx, 'evacuate', row.id);
      const isStopped = row.vm_state === 'stopped' || microversion >= 95;
      return {
        changes: { host: dest, node, availability_zone: chosen.zone, power_state: POWER_STATE.NOSTATE },
        taskArguments: { state: isStopped ? 'stopped' : 'active', evacuated: true },
        next: () => services.casts.step(tx, context, dest, 'rebuild', row),
      };
    },
  },
};

/** A live migration of the server by the number that the API shows. Error: MigrationNotFound. */
async function requireLive(
  tx: ActionInHand['tx'],
  row: ActionInHand['row'],
  body: Readonly<Record<string, unknown>>,
): Promise<MigrationRow> {
  const number = String(body['migration_id']);
  const found = /^\d{1,15}$/.test(number)
    ? await tx
        .selectFrom('migrations')
        .selectAll()
        .where('id', '=', Number(number))
        .where('instance_id', '=', row.id)
        .where('migration_type', '=', 'live-migration')
        .executeTakeFirst()
    : undefined;
  if (found !== undefined) return found;
  throw new ExpectedError('MigrationNotFound', `Migration ${number} not found for instance ${row.id}`);
}

function invalidMove({ id }: ActionInHand['row'], move: MigrationRow, method: string): ExpectedError {
  const text = `Migration ${move.id} state of instance ${id} is ${move.status}. Cannot ${method} while the migration is in this state.`;
  return new ExpectedError('InvalidInput', text);
}

/** Error: InvalidInput. */
function requireForcedHost(body: Readonly<Record<string, unknown>>, host: string | null): void {
  if (body['force'] !== true || host !== null) return;
  throw new ExpectedError('InvalidInput', "Can't force to a non-provided destination");
}

/** Error: InvalidInput. */
function requireStorage(body: Readonly<Record<string, unknown>>): void {
  if (body['onSharedStorage'] !== undefined) return;
  const text = "Invalid input for field/attribute evacuate. 'onSharedStorage' is a required property";
  throw new ExpectedError('InvalidInput', text);
}
