/** The functions that look at a configuration without running a program. */
export type ConfigurationInspection = typeof import('./inspection.js');

/** Loads them; apart from the rest, since every program and every worker process pays for what this library reads. */
export function loadInspection(): Promise<ConfigurationInspection> {
  return import('./inspection.js');
}
