import type { ConsoleProtocol, ConsoleType } from '#libs/contracts';
import { invalidState } from '../server-errors.js';
import type { ActionHandler, ActionHandlers } from './action-handler.js';

/** Tasks after which the guest will no longer be on its current host. */
const LEAVING = new Set(['deleting', 'migrating']);

/** Uses `protocol`, or the protocol from the body. */
function consoleHandler(protocol?: ConsoleProtocol): ActionHandler {
  return {
    async begin({ consoles }, { context, row, body }) {
      const wanted = { protocol: protocol ?? (body['protocol'] as ConsoleProtocol), type: body['type'] as ConsoleType };
      if (LEAVING.has(row.task_state ?? '')) throw invalidState(row, `get_${wanted.protocol}_console`, 'task_state');
      return { after: async () => ({ url: await consoles.open(context, row, wanted) }) };
    },
  };
}

export const consoleHandlers: ActionHandlers = {
  get_vnc_console: consoleHandler('vnc'),
  get_spice_console: consoleHandler('spice'),
  get_serial_console: consoleHandler('serial'),
  create_remote_console: consoleHandler(),
};
