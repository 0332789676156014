import type { Command } from 'commander';
import { ControlClient } from '../control-client.js';
import type { Surroundings } from '../surroundings.js';

interface Snapshot {
  readonly name: string;
  readonly created_at: string;
  readonly rows: number;
}

const named = (command: Command): Command =>
  command.option('--name <name>', 'which cloud; unset: that of ALBIREO_CONTROL_URL, else default');

/** A command about one cloud; the commands of a group have its `--name` too. */
export function cloudGroup(program: Command, name: string, description: string): Command {
  const group = named(program.command(name).description(description));
  const plain = group.createCommand.bind(group);
  group.createCommand = (own) => named(plain(own));
  return group;
}

/** The cloud that a command or its group names. */
export function cloudOf(command: Command): string | undefined {
  return command.optsWithGlobals<{ name?: string }>().name;
}

export function clientOf(command: Command, surroundings: Surroundings): ControlClient {
  return ControlClient.find(cloudOf(command), surroundings);
}

export function registerState(program: Command, surroundings: Surroundings): void {
  const snapshot = cloudGroup(program, 'snapshot', 'whole states of a cloud');
  snapshot
    .command('create <snapshot>')
    .description('remember the state as it is')
    .action(async (name: string, _options: object, command: Command) => {
      await clientOf(command, surroundings).send('POST', '/snapshots', { name });
    });
  snapshot
    .command('restore <snapshot>')
    .description('put everything back as it was')
    .action(async (name: string, _options: object, command: Command) => {
      await clientOf(command, surroundings).send('POST', `/snapshots/${encodeURIComponent(name)}/restore`);
    });
  snapshot
    .command('delete <snapshot>')
    .description('forget a state')
    .action(async (name: string, _options: object, command: Command) => {
      await clientOf(command, surroundings).send('DELETE', `/snapshots/${encodeURIComponent(name)}`);
    });
  snapshot
    .command('list')
    .description('what is remembered')
    .action(async (_options: object, command: Command) => {
      const text = await clientOf(command, surroundings).send('GET', '/snapshots');
      for (const { name, created_at: at, rows } of (JSON.parse(text) as { snapshots: Snapshot[] }).snapshots) {
        surroundings.out(`${name}\t${at}\t${rows} rows\n`);
      }
    });
  cloudGroup(program, 'reset', 'put everything back as it was when the cloud was started').action(
    async (_options: object, command: Command) => {
      await clientOf(command, surroundings).send('POST', '/reset');
    },
  );
}
