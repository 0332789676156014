import type { Command } from 'commander';
import { cloudsYaml, identityUrl } from '../../server/src/clouds-yaml.js';
import { supplyLocalSecrets } from '../../server/src/local-secrets.js';
import { runWithConfiguration } from './global-options.js';

export function registerCloudsYaml(program: Command): void {
  program
    .command('clouds-yaml')
    .description('print a clouds.yaml for the administrator; it holds the password')
    .option('--auth-url <url>', 'where clients reach the Identity API, when the configuration does not tell')
    .action(async (options: { authUrl?: string }, command: Command) => {
      await runWithConfiguration(command, async (config) => {
        supplyLocalSecrets(config);
        process.stdout.write(cloudsYaml(config, options.authUrl ?? identityUrl(config)));
        return 0;
      });
    });
}
