import { currentContext } from '#libs/telemetry';

const changed = new WeakSet<object>();

/** Records that the current request has committed a change to the database. */
export function noteChange(): void {
  const context = currentContext();
  if (context !== undefined) changed.add(context);
}

/** Whether the current request has already changed something: then it can no longer be reported as "not run". */
export function hasChanged(): boolean {
  const context = currentContext();
  return context !== undefined && changed.has(context);
}
