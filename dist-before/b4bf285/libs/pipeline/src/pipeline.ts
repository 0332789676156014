import type { Origin } from './pipeline.errors.js';

/** What a section gives its factory: its own settings as text, after replacing `%(name)s`. */
export type Settings = Readonly<Record<string, string>>;

/** One filter or app of a pipeline, ready to be made by the factory registered under `factory`. */
export interface Component {
  /** The section's name, as an operator knows it: `authtoken`. */
  readonly name: string;
  /** Our name of the factory, whatever spelling the file used: `authtoken`. */
  readonly factory: string;
  readonly settings: Settings;
  /** `[DEFAULT]`, `here` and what `set` changed; paste's global configuration. */
  readonly globals: Settings;
  readonly origin: Origin;
}

/** What answers below one prefix. */
export interface Mount {
  /** Without a slash at the end; '' is the root. */
  readonly prefix: string;
  /** Written `/prefix/+` in the file: matches only when something follows the slash (nova's urlmap). */
  readonly needsMore: boolean;
  /** Outermost first. */
  readonly filters: readonly Component[];
  /** `undefined` answers 404: a path inside a nested map that none of its prefixes takes. */
  readonly app: Component | undefined;
}

/** One loaded app of a pipeline file: its mounts in the order in which they are tried, longest prefix first. */
export interface Pipeline {
  readonly name: string;
  readonly file: string;
  readonly mounts: readonly Mount[];
}
