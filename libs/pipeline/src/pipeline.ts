import type { Origin } from './pipeline.errors.js';

/** The settings that a section passes to its factory: its own ones as text, after replacing `%(name)s`. */
export type Settings = Readonly<Record<string, string>>;

/** One filter or app of a pipeline, ready to be made by the factory registered under `factory`. */
export interface Component {
  /** The section's name, as an operator knows it: `authtoken`. */
  readonly name: string;
  /** This library's name of the factory, however the file wrote it: `authtoken`. */
  readonly factory: string;
  readonly settings: Settings;
  /** `[DEFAULT]`, `here` and the changes made by `set`; paste's global configuration. */
  readonly globals: Settings;
  readonly origin: Origin;
}

/** The app and filters below one prefix. */
export interface Mount {
  /** Without a slash at the end; '' is the root. */
  readonly prefix: string;
  /** Written `/prefix/+` in the file: matches only when something follows the slash (nova's urlmap). */
  readonly needsMore: boolean;
  /** Outermost first. */
  readonly filters: readonly Component[];
  /** `undefined` answers 404: a path inside a nested map that matches none of its prefixes. */
  readonly app: Component | undefined;
}

/** One loaded app of a pipeline file: its mounts in the order in which they are tried, longest prefix first. */
export interface Pipeline {
  readonly name: string;
  readonly file: string;
  readonly mounts: readonly Mount[];
}
