/** The functions that inspect a configuration without running a program. */
export type ConfigurationInspection = typeof import('./inspection.js');

/** Loads them separately, since every program and every worker process pays for the code that this library loads. */
export function loadInspection(): Promise<ConfigurationInspection> {
  return import('./inspection.js');
}
