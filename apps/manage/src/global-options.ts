import type { Command } from 'commander';
import { runMain } from '#libs/options';
import type { Configuration } from '#libs/config';

interface GlobalOptions {
  readonly configFile?: readonly string[];
  readonly configDir?: readonly string[];
  readonly debug?: boolean;
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** The options that every program has, before the name of the command. An invalid command line exits 2. */
export function withGlobalOptions(program: Command): Command {
  return program
    .option('--config-file <path>', 'a configuration file; may be repeated, the last one wins', collect)
    .option('--config-dir <path>', 'a directory of *.conf files; may be repeated', collect)
    .option('-d, --debug', 'log at DEBUG level')
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : 2);
    });
}

/** The global options as the flags of any program; those that name files are separate. */
export function configurationArguments(command: Command): {
  readonly files: readonly string[];
  readonly others: readonly string[];
} {
  const options = command.optsWithGlobals<GlobalOptions>();
  return {
    files: (options.configFile ?? []).flatMap((path) => ['--config-file', path]),
    others: [
      ...(options.configDir ?? []).flatMap((path) => ['--config-dir', path]),
      ...(options.debug === true ? ['--debug'] : []),
    ],
  };
}

/** Runs a command with the configuration that the global options name; a user's mistake is one line and exit 1. */
export async function runWithConfiguration(
  command: Command,
  main: (config: Configuration) => Promise<number>,
): Promise<void> {
  const { files, others } = configurationArguments(command);
  const argv = [...files, ...others];
  await runMain('albireo-manage', main, {
    argv,
    env: process.env,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    exit: (code) => {
      process.exitCode = code;
    },
  });
}
