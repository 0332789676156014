import { currentContext } from '#libs/telemetry';

const changed = new WeakSet<object>();

/** Notes that a change of the request that is being served is in the database. */
export function noteChange(): void {
  const context = currentContext();
  if (context !== undefined) changed.add(context);
}

/** Whether the request that is being served has changed something already: it cannot be called "not run" any more. */
export function hasChanged(): boolean {
  const context = currentContext();
  return context !== undefined && changed.has(context);
}
