import type { Command } from 'commander';
import { StartError } from '#libs/config';
import type { ApiName, Configuration } from '#libs/options';
import { PipelineError, describePipeline } from '#libs/pipeline';
import { loadApiPipeline } from '../../../gateway/src/edge/pipeline/load-mounts.js';
import { API_NAMES } from '../../../gateway/src/edge/api-names.js';
import { runWithConfiguration } from '../global-options.js';

/** `albireo-manage pipeline show [API]`: the filters that a request passes, in order. */
export function registerPipelineCommands(program: Command): void {
  program
    .command('pipeline')
    .description('the filters before the APIs')
    .command('show')
    .description('print the filters of each path, outermost first, as [wsgi] api_paste_config has them')
    .argument('[api]', `one of ${API_NAMES.join(', ')}; all without one`)
    .action(async (wanted: string | undefined, _options: unknown, command: Command) => {
      await runWithConfiguration(command, async (config) => {
        const names = API_NAMES.filter((name) => wanted === undefined || name === wanted);
        if (names.length === 0) {
          throw new StartError(`pipeline show: expected one of ${API_NAMES.join(', ')}, found ${wanted}`);
        }
        for (const name of names) {
          process.stdout.write([`[${name}]`, ...describeApi(name, config, wanted === undefined), ''].join('\n'));
        }
        return 0;
      });
    });
}

/** nova's own file contains only nova's APIs: this is no error unless a missing one is requested. */
function describeApi(name: ApiName, config: Configuration, mayMiss: boolean): readonly string[] {
  try {
    return describePipeline(loadApiPipeline(name, config));
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    if (mayMiss && error.code === 'PasteAppNotFound') return [`not started: ${error.message}`];
    throw new StartError(error.message);
  }
}
