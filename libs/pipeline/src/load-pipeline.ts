import { IniFile } from './internal/ini-file.js';
import { PipelineLoader } from './internal/pipeline-loader.js';
import { mountsOf } from './internal/pipeline-node.js';
import { appNames } from './internal/read-section.js';
import type { Factories } from './factories.js';
import { PipelineError } from './pipeline.errors.js';
import type { Pipeline } from './pipeline.js';

export interface LoadPipelineOptions {
  /** Path of the `api-paste.ini`. */
  readonly file: string;
  /** The app's name in the file, or several names of which the first existing one is used. */
  readonly app: string | readonly string[];
  /** What files may refer to. */
  readonly factories: Factories;
  /** Keys under which a composite `pipeline_by_auth_strategy` has its pipeline, in order of preference. @default [] */
  readonly strategies?: readonly string[];
}

/**
 * Loads one app of a paste file: its mounts with the filters of each in order.
 * @throws PipelineError with file and line; code `PasteAppNotFound` when the file has no such app
 */
export function loadPipeline(options: LoadPipelineOptions): Pipeline {
  const { file, app, factories, strategies = [] } = options;
  const ini = IniFile.read(file);
  const wanted: readonly string[] = typeof app === 'string' ? [app] : app;
  const found = appNames(ini);
  const name = wanted.find((candidate) => found.includes(candidate));
  if (name === undefined) {
    const text = `could not load paste app '${wanted.join("' or '")}': the file has ${found.join(', ') || 'no apps'}`;
    throw new PipelineError('PasteAppNotFound', { file: ini.file }, text);
  }
  const node = new PipelineLoader(factories, strategies).load(ini, name);
  return { name, file: ini.file, mounts: mountsOf(node) };
}
