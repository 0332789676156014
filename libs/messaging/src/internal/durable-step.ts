import { channel } from 'node:diagnostics_channel';

const steps = channel('albireo:step');

/** Tells a listener of the diagnostics channel `albireo:step`, as crash tests are, that the program got here. */
export function reachStep(step: 'ack.before' | 'ack.after', detail: string): void {
  if (steps.hasSubscribers) steps.publish({ step, detail });
}
