import { channel } from 'node:diagnostics_channel';

const steps = channel('albireo:step');

/** The moments of a message at which a crash is worth testing. */
export type MessageStep =
  | 'ack.before'
  | 'ack.after'
  | 'publish.before'
  | 'publish.after'
  | 'confirm.before'
  | 'confirm.after';

/** Tells a listener of the diagnostics channel `albireo:step`, as crash tests are, that the program got here. */
export function reachStep(step: MessageStep, detail: string): void {
  if (steps.hasSubscribers) steps.publish({ step, detail });
}

/** The same once what this turn writes has left: amqplib hands frames to the socket at the end of the turn. */
export function reachStepWhenWritten(step: MessageStep, detail: string): void {
  if (steps.hasSubscribers) setImmediate(() => steps.publish({ step, detail }));
}
