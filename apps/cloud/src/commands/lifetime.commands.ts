import { Option } from 'commander';
import type { Command } from 'commander';
import { CloudError, EXIT } from '../cloud.errors.js';
import { exportLines, variablesOf } from '../instance/client-environment.js';
import { InstanceFolder, checkName } from '../instance/instance-record.js';
import { startInBackground, untilReady } from '../start/background-cloud.js';
import { runWithCloud } from '../start/run-command.js';
import { startInForeground } from '../start/start-command.js';
import { seconds } from '../start/start-options.js';
import type { StartFlags } from '../start/start-options.js';
import { stopCloud } from '../start/stop-cloud.js';
import type { Surroundings } from '../surroundings.js';

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** Flags of `start` that `run` also has. */
function withStartFlags(command: Command): Command {
  return command
    .option('--seed <file>', 'what the cloud begins with: a YAML file, or devstack')
    .option('--faults <file>', 'a YAML file of faults that happen from the start')
    .option('--config-file <path>', 'a configuration file; may be repeated, the last one wins', collect)
    .option('-d, --debug', 'log at DEBUG level')
    .option('--timeout <seconds>', 'how long the start may take', '60');
}

export function registerLifetime(program: Command, surroundings: Surroundings): void {
  withStartFlags(program.command('start', { isDefault: true }).description('start a cloud'))
    .option('--name <name>', 'what the other commands call it', 'default')
    .option('--ephemeral', 'keep everything in memory')
    .option('--state-path <path>', 'directory of what is kept')
    .option('--port-base <port>', 'first of the ports of all APIs, side by side; 0 for free ones')
    .option('--listen <address>', 'address of all ports, as 0.0.0.0 in a container; else 127.0.0.1')
    .option('--ready-file <path>', 'written when the cloud is ready, as JSON with its secrets')
    .option('--no-control', 'without the control port and its commands')
    .option('--detach', 'go on in the background, once it is ready')
    .addOption(new Option('--end-with-input').hideHelp())
    .action(async (flags: StartFlags) => {
      checkName(flags.name);
      const timeoutMs = seconds('--timeout', flags.timeout) * 1000;
      if (flags.detach !== true) return startInForeground(flags, surroundings);
      if (flags.control === false) throw new CloudError('--detach needs the control port', EXIT.usage);
      const running = new InstanceFolder(surroundings.environment).find(flags.name);
      if (running !== undefined)
        throw new CloudError(`a cloud named ${flags.name} runs already (process ${running.pid})`);
      const { record, process: child } = await startInBackground(
        flags.name,
        startArguments(flags),
        { timeoutMs, endWithUs: false },
        surroundings,
      );
      child.unref();
      surroundings.out(`${record.name} is ready: ${record.environment['OS_AUTH_URL'] ?? ''} (process ${record.pid})\n`);
    });
  program
    .command('stop')
    .description('end a cloud and wait until it is gone')
    .option('--name <name>', 'which cloud', 'default')
    .option('--all', 'every cloud of this user')
    .option('--timeout <seconds>', 'after which it is killed', '30')
    .action(async ({ name, all, timeout }: { name: string; all?: boolean; timeout: string }) => {
      const timeoutMs = seconds('--timeout', timeout) * 1000;
      const names = all === true ? new InstanceFolder(surroundings.environment).list().map((one) => one.name) : [name];
      for (const one of names) await stopCloud(one, timeoutMs, surroundings);
    });
  program
    .command('wait')
    .description('wait until a cloud is ready that is being started')
    .option('--name <name>', 'which cloud', 'default')
    .option('--timeout <seconds>', 'how long', '60')
    .action(async ({ name, timeout }: { name: string; timeout: string }) => {
      await untilReady(name, seconds('--timeout', timeout) * 1000, surroundings);
    });
  program
    .command('list')
    .description('the clouds of this user that run')
    .action(() => {
      for (const { name, pid, environment } of new InstanceFolder(surroundings.environment).list()) {
        surroundings.out(`${name}\t${pid}\t${environment['OS_AUTH_URL'] ?? ''}\n`);
      }
    });
  program
    .command('env')
    .description('print variables for clients: eval "$(albireo env)"')
    .option('--name <name>', 'which cloud', 'default')
    .action(({ name }: { name: string }) => {
      surroundings.out(exportLines(variablesOf(new InstanceFolder(surroundings.environment).require(name))));
    });
  withStartFlags(
    program.command('run').description('run a command with a cloud of its own: albireo run -- go test ./...'),
  )
    .argument('<command...>')
    .passThroughOptions()
    .action(async (command: readonly string[], flags: StartFlags) => {
      const timeoutMs = seconds('--timeout', flags.timeout) * 1000;
      process.exitCode = await runWithCloud(command, startArguments(flags), timeoutMs, surroundings);
    });
}

/** The flags converted back to arguments, for a separate process. */
function startArguments(flags: StartFlags): string[] {
  const pairs: readonly (readonly [string, string | undefined])[] = [
    ['--seed', flags.seed],
    ['--faults', flags.faults],
    ['--state-path', flags.statePath],
    ['--port-base', flags.portBase],
    ['--listen', flags.listen],
    ['--ready-file', flags.readyFile],
    ...(flags.configFile ?? []).map((file) => ['--config-file', file] as const),
  ];
  return [
    ...(flags.ephemeral === true ? ['--ephemeral'] : []),
    ...(flags.debug === true ? ['--debug'] : []),
    ...pairs.flatMap(([flag, value]) => (value === undefined ? [] : [flag, value])),
  ];
}
