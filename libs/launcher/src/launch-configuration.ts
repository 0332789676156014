import type { JsonValue } from './json.js';

/** What the launcher needs of the parent's configuration; `Configuration` of libs/config fits. */
export interface LaunchConfiguration {
  exportState(): unknown;
  reload?(): unknown;
  logOptionValues?(write: (line: string) => void): void;
}

/** What the launcher needs of the configuration in a worker. */
export interface RestoredConfiguration {
  get<Options>(group: new () => Options): Options;
  reload?(): unknown;
}

/** The module that turns the parent's exported state into the worker's configuration. */
export interface ConfigurationModule {
  restoreConfiguration(state: JsonValue): RestoredConfiguration;
}
