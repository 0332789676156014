import { channel } from 'node:diagnostics_channel';

const steps = channel('albireo:step');

/** The points in a message's processing at which a crash is worth testing. */
export type MessageStep =
  | 'ack.before'
  | 'ack.after'
  | 'publish.before'
  | 'publish.after'
  | 'confirm.before'
  | 'confirm.after';

/**
 * Notifies the listeners of the diagnostics channel `albireo:step`, such as crash tests, that the program reached this
 * point.
 */
export function reachStep(step: MessageStep, detail: string): void {
  if (steps.hasSubscribers) steps.publish({ step, detail });
}

/**
 * Like `reachStep`, but after the frames of this turn are written: amqplib gives frames to the socket at the end of the
 * turn.
 */
export function reachStepWhenWritten(step: MessageStep, detail: string): void {
  if (steps.hasSubscribers) setImmediate(() => steps.publish({ step, detail }));
}
