import { channel } from 'node:diagnostics_channel';

/** The moments at which a crash is worth testing. */
export type DurableStep = 'commit.before' | 'commit.after' | 'driver.before' | 'driver.after' | 'guest.step';

const steps = channel('albireo:step');

/** Tells a listener of the diagnostics channel `albireo:step`, if there is one, that the program got here. */
export function reachStep(step: DurableStep, detail: string): void {
  if (steps.hasSubscribers) steps.publish({ step, detail });
}
