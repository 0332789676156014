import type { Command } from 'commander';
import { StartError } from '#libs/config';
import { Snapshot, workerContract } from '#libs/contracts';
import type { SnapshotData } from '#libs/contracts';
import { MessagingError, RemoteError, RpcClient } from '#libs/messaging';
import type { WorkerContract } from '#libs/contracts';
import { operator, print, runWithTransport } from './rpc/with-transport.js';

/** The snapshot that `reset` restores. */
const SEED = 'seed';
/** A large state takes longer than a usual response. */
const TIMEOUT_MS = 120_000;

type Client = RpcClient<WorkerContract>;

/** `albireo-manage snapshot create|restore|list|delete|reset`: whole states of a test cloud, through its workers. */
export function registerSnapshotCommands(program: Command): void {
  const snapshot = program
    .command('snapshot')
    .description('whole states of a cloud for tests, over the bus; its workers need [control] snapshots');
  snapshot
    .command('create')
    .description('remember everything: database, fake machines, which steps are open')
    .argument('<name>')
    .action((name: string, _options: unknown, command: Command) =>
      ask(command, async (client) => [
        line(Snapshot.unwrap(await client.call(operator(), 'snapshot_create', { name }))),
      ]),
    );
  snapshot
    .command('restore')
    .description('put everything back as it was')
    .argument('<name>')
    .action((name: string, _options: unknown, command: Command) => ask(command, (client) => restore(client, name)));
  snapshot
    .command('reset')
    .description(`put back the snapshot named ${SEED}`)
    .action((_options: unknown, command: Command) => ask(command, (client) => restore(client, SEED)));
  snapshot
    .command('list')
    .description('their names, when they were made and how many rows they have')
    .action((_options: unknown, command: Command) =>
      ask(command, async (client) =>
        (await client.call(operator(), 'snapshot_list', null)).map((one) => line(Snapshot.unwrap(one))),
      ),
    );
  snapshot
    .command('delete')
    .argument('<name>')
    .action((name: string, _options: unknown, command: Command) =>
      ask(command, async (client) => {
        await client.call(operator(), 'snapshot_delete', { name });
        return [`deleted ${name}`];
      }),
    );
}

async function ask(command: Command, work: (client: Client) => Promise<string[]>): Promise<void> {
  await runWithTransport(command, async ({ transport, exchange }) => {
    const client = new RpcClient(transport, workerContract, { exchange, timeoutMs: TIMEOUT_MS });
    try {
      print(await work(client));
    } catch (error) {
      if (error instanceof RemoteError) throw new StartError(`snapshot: ${error.value}`);
      if (error instanceof MessagingError && (error.code === 'MessageUndeliverable' || error.code === 'NoWorker')) {
        throw new StartError('snapshot: no worker takes snapshots: set [control] snapshots for all of them');
      }
      throw error;
    }
    return 0;
  });
}

async function restore(client: Client, name: string): Promise<string[]> {
  const startedAt = performance.now();
  const restored = Snapshot.unwrap(await client.call(operator(), 'snapshot_restore', { name }));
  return [`restored ${restored.name} in ${Math.round(performance.now() - startedAt)} ms`];
}

const line = ({ name, created_at: createdAt, rows }: SnapshotData): string => `${name}\t${createdAt}\t${rows} rows`;
