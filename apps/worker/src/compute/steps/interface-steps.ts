import type { HostStepHandler, HostStepHandlers } from './host-step.js';
import { declaredStep } from './declared-steps.js';

/**
 * The ports in the database decide: the guest gets the NICs of the ports that the server has when the step runs. Both
 * steps are therefore the same, and may be repeated or change order.
 */
const plug: HostStepHandler['run'] = async ({ driver, networking, store }, { guest, operation, instance }) => {
  await driver.plug(guest, await networking.ports(store.db, instance), operation);
};

const activate: HostStepHandler['end'] = async ({ networking }, tx, { instance }) => {
  await networking.activate(tx, instance);
  return {};
};

/** The steps on the host for a change of a server's ports. */
export const interfaceSteps: HostStepHandlers = {
  attach_interface: { ...declaredStep('attach_interface', plug), end: activate },
  detach_interface: declaredStep('detach_interface', plug),
  /** Another service reports that the ports have changed. */
  refresh_network: { tasks: 'any', run: plug, end: async () => ({}) },
};
