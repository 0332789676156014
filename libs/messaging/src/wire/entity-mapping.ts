import type { RequestContext } from '#libs/telemetry';
import type { MessageSerializer } from './message-serializer.js';

/** Each argument is one entity, as in oslo. */
export function serializeArguments(
  serializer: MessageSerializer | undefined,
  context: RequestContext,
  args: object | null,
): object | null {
  if (serializer?.serializeEntity === undefined || args === null) return args;
  const entries = Object.entries(args).map(([name, value]) => [name, serializer.serializeEntity?.(context, value)]);
  return Object.fromEntries(entries) as object;
}

/** The inverse, for checked arguments, which keep their class. */
export function deserializeArguments(
  serializer: MessageSerializer | null,
  context: RequestContext,
  args: object | null,
): object | null {
  if (serializer?.deserializeEntity === undefined || args === null) return args;
  for (const [name, value] of Object.entries(args)) {
    Reflect.set(args, name, serializer.deserializeEntity(context, value));
  }
  return args;
}
