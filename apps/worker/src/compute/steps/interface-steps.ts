import type { HostStepHandler, HostStepHandlers } from './host-step.js';
import { declaredStep } from './declared-steps.js';

/**
 * The ports are the truth: the guest gets the NICs of those that the server has by then. So both steps are the same, may
 * be repeated and may overtake each other.
 */
const plug: HostStepHandler['run'] = async ({ driver, networking, store }, { guest, operation, instance }) => {
  await driver.plug(guest, await networking.ports(store.db, instance), operation);
};

const activate: HostStepHandler['end'] = async ({ networking }, tx, { instance }) => {
  await networking.activate(tx, instance);
  return {};
};

/** What a change of a server's ports is for its host. */
export const interfaceSteps: HostStepHandlers = {
  attach_interface: { ...declaredStep('attach_interface', plug), end: activate },
  detach_interface: declaredStep('detach_interface', plug),
  /** Another service says that the ports have changed. */
  refresh_network: { tasks: 'any', run: plug, end: async () => ({}) },
};
