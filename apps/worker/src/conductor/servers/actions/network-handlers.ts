import type { ActionHandler, ActionHandlers } from './action-handler.js';

const changeGroup = (change: 'add' | 'remove'): ActionHandler => ({
  async begin({ networking }, { tx, context, row, body }) {
    const wanted = { name: String(body['name']), change };
    await networking.changeGroup(tx, row, context.project_id ?? row.project_id, wanted);
    return {};
  },
});

/** What is changed of a server's ports. */
export const networkHandlers: ActionHandlers = {
  add_security_group: changeGroup('add'),
  remove_security_group: changeGroup('remove'),
};
