import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { IdentityOptions, StartError } from '#libs/options';
import type { Configuration } from '#libs/config';
import { cloudsYaml, identityUrl } from '../../server/src/clouds-yaml.js';
import { leavesNothing, localSecretsFile, supplyLocalSecrets } from '../../server/src/local-secrets.js';
import { runWithConfiguration } from './global-options.js';

export function registerCloudsYaml(program: Command): void {
  program
    .command('clouds-yaml')
    .description('print a clouds.yaml for the administrator; it holds the password')
    .option('--auth-url <url>', 'where clients reach the Identity API, when the configuration does not tell')
    .action(async (options: { authUrl?: string }, command: Command) => {
      await runWithConfiguration(command, async (config) => {
        requirePassword(config);
        supplyLocalSecrets(config);
        process.stdout.write(cloudsYaml(config, options.authUrl ?? identityUrl(config)));
        return 0;
      });
    });
}

/** A password is never generated here: no service would use it. Throws StartError if none is known. */
function requirePassword(config: Configuration): void {
  const file = localSecretsFile(config);
  if (config.get(IdentityOptions).adminPassword !== undefined) return;
  if (leavesNothing(config)) {
    throw new StartError(
      'clouds-yaml: the password of an albireo-server --ephemeral is in its memory and in what it printed at its start; ' +
        'for one that is known beforehand set [identity] admin_password',
    );
  }
  if (existsSync(file)) return;
  throw new StartError(
    `clouds-yaml: the administrator's password is not known here: expected [identity] admin_password, as the workers have ` +
      `it, or ${file}, which albireo-server makes at its first start`,
  );
}
