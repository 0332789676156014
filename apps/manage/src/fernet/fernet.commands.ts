import type { Command } from 'commander';
import { FernetTokensOptions, StartError } from '#libs/options';
import { KeyRepository, KeyRepositoryError } from '../../../gateway/src/edge/tokens/fernet/key-repository.js';
import { runWithConfiguration } from '../global-options.js';

/** `albireo-manage fernet setup` and `rotate`: keystone-manage's `fernet_setup` and `fernet_rotate`. */
export function registerFernetCommands(program: Command): void {
  const fernet = program.command('fernet').description('the keys of Fernet tokens, in [fernet_tokens] key_repository');
  fernet
    .command('setup')
    .description('make the directory with its first keys, unless it has keys')
    .action((_flags: object, command: Command) =>
      withKeys(command, (keys) =>
        keys.setUp() ? `${keys.directory} has its first keys` : `${keys.directory} has keys already`,
      ),
    );
  fernet
    .command('rotate')
    .description('sign with the next key, make a new next one, and remove the oldest beyond max_active_keys')
    .action((_flags: object, command: Command) =>
      withKeys(command, (keys, most) => `${keys.directory}: key ${keys.rotate(most)} signs now`),
    );
}

async function withKeys(command: Command, work: (keys: KeyRepository, most: number) => string): Promise<void> {
  await runWithConfiguration(command, async (config) => {
    const { keyRepository, maxActiveKeys } = config.get(FernetTokensOptions);
    try {
      process.stdout.write(`${work(new KeyRepository(keyRepository), maxActiveKeys)}\n`);
    } catch (error) {
      if (error instanceof KeyRepositoryError) throw new StartError(`fernet: ${error.message}`);
      throw error;
    }
    return 0;
  });
}
