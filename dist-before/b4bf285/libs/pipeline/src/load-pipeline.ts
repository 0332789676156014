import { IniFile } from './internal/ini-file.js';
import { PipelineLoader } from './internal/pipeline-loader.js';
import { mountsOf } from './internal/pipeline-node.js';
import { appNames } from './internal/read-section.js';
import { knownFactories } from './known-factories.js';
import type { FactoryNames } from './known-factories.js';
import { PipelineError } from './pipeline.errors.js';
import type { Pipeline } from './pipeline.js';

export type AuthStrategy = 'keystone' | 'local' | 'noauth2';

export interface LoadPipelineOptions {
  /** Path of the `api-paste.ini`. */
  readonly file: string;
  /** The app's name in the file, or several of which the first that is there is taken. */
  readonly app: string | readonly string[];
  /** Chooses among the pipelines of an API. @default 'keystone' */
  readonly authStrategy?: AuthStrategy;
  /** Filters and apps that exist. @default knownFactories */
  readonly factories?: FactoryNames;
}

/** nova says `noauth2` and neutron `noauth`; a file without a pipeline for `local` means the one with tokens. */
const STRATEGY_KEYS: Readonly<Record<AuthStrategy, readonly string[]>> = {
  keystone: ['keystone'],
  local: ['local', 'keystone'],
  noauth2: ['noauth2', 'noauth'],
};

/**
 * Loads one app of a paste file: its mounts with the filters of each in order.
 * @throws PipelineError with file and line; code `PasteAppNotFound` when the file has no such app
 */
export function loadPipeline(options: LoadPipelineOptions): Pipeline {
  const { file, app, authStrategy = 'keystone', factories = knownFactories } = options;
  const ini = IniFile.read(file);
  const wanted: readonly string[] = typeof app === 'string' ? [app] : app;
  const found = appNames(ini);
  const name = wanted.find((candidate) => found.includes(candidate));
  if (name === undefined) {
    const text = `could not load paste app '${wanted.join("' or '")}': the file has ${found.join(', ') || 'no apps'}`;
    throw new PipelineError('PasteAppNotFound', { file: ini.file }, text);
  }
  const node = new PipelineLoader(factories, STRATEGY_KEYS[authStrategy]).load(ini, name);
  return { name, file: ini.file, mounts: mountsOf(node) };
}
