import type { Command } from 'commander';
import { StartError } from '#libs/config';
import { PipelineError, describePipeline } from '#libs/pipeline';
import { loadApiPipeline } from '../../../gateway/src/edge/pipeline/load-mounts.js';
import { API_NAMES } from '../../../gateway/src/edge/settings.js';
import { runWithConfiguration } from '../global-options.js';

/** `albireo-manage pipeline show [API]`: what a request passes, in order. */
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
          try {
            const lines = describePipeline(loadApiPipeline(name, config));
            process.stdout.write([`[${name}]`, ...lines, ''].join('\n'));
          } catch (error) {
            throw error instanceof PipelineError ? new StartError(error.message) : error;
          }
        }
        return 0;
      });
    });
}
