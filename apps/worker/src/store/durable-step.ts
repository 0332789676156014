import { channel } from 'node:diagnostics_channel';

/** The points in the program at which a crash is worth testing. */
export type DurableStep = 'commit.before' | 'commit.after' | 'driver.before' | 'driver.after' | 'guest.step';

const steps = channel('albireo:step');

/** Notifies subscribers of the diagnostics channel `albireo:step` that the program has reached this point. */
export function reachStep(step: DurableStep, detail: string): void {
  if (steps.hasSubscribers) steps.publish({ step, detail });
}
