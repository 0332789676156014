import { POWER_STATE } from '#libs/contracts';
import { recordAction, recordEvents } from '../../../instances/instance-actions.js';
import { holdServers, roomForServers } from '../../quota-check.js';
import { deleteServer, giveUpImage } from './delete-server.js';
import { ownerOf } from './action-handler.js';
import type { ActionHandlers } from './action-handler.js';

/** Actions that the conductor completes by itself. */
export const ownerHandlers: ActionHandlers = {
  lock: {
    async begin({ notices }, { tx, context, row, body }) {
      const isOwner = row.project_id === context.project_id;
      // An existing lock stays as it is, unless somebody other than the owner takes it over.
      if (row.locked && isOwner) return {};
      await recordAction(tx, context, [row.id], 'lock');
      const reason = typeof body['locked_reason'] === 'string' ? body['locked_reason'] : null;
      notices.tellAfter(tx, 'lock', row.id);
      await recordEvents(tx, context, row.id, { api_lock: null });
      return { changes: { locked: true, locked_by: isOwner ? 'owner' : 'admin', locked_reason: reason } };
    },
  },
  unlock: {
    async begin({ authorizer, notices }, { tx, context, row }) {
      const isOwner = row.project_id === context.project_id;
      if (row.locked_by !== null && row.locked_by !== (isOwner ? 'owner' : 'admin')) {
        const rule = 'os_compute_api:os-lock-server:unlock:unlock_override';
        authorizer.authorize(context, 'compute', rule, ownerOf(row));
      }
      notices.tellAfter(tx, 'unlock', row.id);
      await recordEvents(tx, context, row.id, { api_unlock: null });
      return { changes: { locked: false, locked_by: null, locked_reason: null } };
    },
  },
  reset_state: {
    async begin(services, { tx, row, body }) {
      const { notices } = services;
      await giveUpImage(services, tx, row);
      const state = body['state'] === 'active' ? 'active' : 'error';
      notices.changedAfter(tx, row, { vm_state: state, task_state: null });
      return { changes: { vm_state: state, task_state: null, task_arguments: null } };
    },
  },
  get_console_output: {
    async begin({ casts }, { context, row, body }) {
      const length = typeof body['length'] === 'number' && body['length'] >= 0 ? body['length'] : null;
      const host = row.host ?? '';
      return { after: async () => ({ output: await casts.consoleOutput(context, host, row.id, length) }) };
    },
  },
  force_delete: {
    async begin(services, { tx, context, row }) {
      if (row.task_state !== 'deleting') await deleteServer(services, tx, context, row);
      return {};
    },
  },
  restore: {
    hold: ({ quotas }, tx, { project_id, user_id }) => holdServers(tx, quotas, project_id, user_id),
    async begin({ notices, casts }, { tx, context, row, held }) {
      if (held !== undefined) await roomForServers(held, row.project_id, row.flavor, { min: 1, max: 1 });
      notices.tellAfter(tx, 'restore.start', row.id);
      const restored = { soft_deleted_at: null };
      if (row.host === null) {
        notices.tellAfter(tx, 'restore.end', row.id);
        return { changes: { ...restored, vm_state: 'active', power_state: POWER_STATE.RUNNING } };
      }
      const { host } = row;
      return {
        changes: { ...restored, task_state: 'restoring' },
        next: () => casts.step(tx, context, host, 'restore', row),
      };
    },
  },
};
