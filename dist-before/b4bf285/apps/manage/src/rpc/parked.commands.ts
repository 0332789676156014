import type { Command } from 'commander';
import { StartError, topicNames } from '#libs/config';
import { ParkedMessages } from '#libs/messaging';
import { maskText } from '#libs/telemetry';
import { print, runWithTransport } from './with-transport.js';
import type { Bus } from './with-transport.js';

interface ParkedOptions {
  readonly topic?: string;
  readonly all?: boolean;
}

function queues({ transport, exchange }: Bus, { topic }: ParkedOptions): readonly ParkedMessages[] {
  const topics = topic === undefined ? topicNames : [topic];
  return topics.map((name) => new ParkedMessages(transport, name, exchange));
}

function chosen(ids: readonly string[], { all = false }: ParkedOptions): readonly string[] | null {
  if (all !== (ids.length === 0)) throw new StartError('rpc parked: expected ids, or --all');
  return all ? null : ids;
}

function unknown(ids: readonly string[], seen: readonly string[]): number {
  const missing = ids.filter((id) => !seen.includes(id));
  for (const id of missing) process.stderr.write(`albireo-manage: error: no parked message ${id}\n`);
  return missing.length;
}

function withQueue(command: Command): Command {
  return command
    .option('--topic <topic>', 'only those of one topic')
    .option('--exchange <exchange>', 'in place of control_exchange');
}

/** `albireo-manage rpc parked …`: the messages that could not be run. */
export function registerParkedCommands(rpc: Command): void {
  const parked = rpc.command('parked').description('messages that could not be run, put aside');
  withQueue(parked.command('list').description('one line a message: id, topic, time, attempts, reason')).action(
    async (options: ParkedOptions, command: Command) => {
      await runWithTransport(command, async (bus) => {
        for (const queue of queues(bus, options)) {
          for (const { id, parkedAt, attempts, reason } of await queue.list()) {
            print([`${id}  ${queue.topic}  ${parkedAt}  ${attempts}  ${maskText(reason).replaceAll(/\s+/g, ' ')}`]);
          }
        }
        return 0;
      });
    },
  );
  withQueue(parked.command('show').description('print one message; secrets are masked').argument('<id>')).action(
    async (id: string, options: ParkedOptions, command: Command) => {
      await runWithTransport(command, async (bus) => {
        for (const queue of queues(bus, options)) {
          const found = (await queue.list()).find((message) => message.id === id);
          if (found === undefined) continue;
          const { body, ...facts } = found;
          print([JSON.stringify({ ...facts, body: maskText(body.toString()) }, undefined, 2)]);
          return 0;
        }
        return unknown([id], []);
      });
    },
  );
  withQueue(parked.command('replay').description('send messages again to where they came from').argument('[ids...]'))
    .option('--all', 'all of them')
    .action(async (ids: readonly string[], options: ParkedOptions, command: Command) => {
      await runWithTransport(command, async (bus) => {
        const wanted = chosen(ids, options);
        const results = [];
        for (const queue of queues(bus, options)) results.push(...(await queue.replay(wanted)));
        print(results.map(({ id, fault }) => (fault === null ? `replayed ${id}` : `kept ${id}: ${fault}`)));
        const seen = results.map(({ id }) => id);
        return unknown(ids, seen) > 0 || results.some(({ fault }) => fault !== null) ? 1 : 0;
      });
    });
  withQueue(parked.command('drop').description('take messages away for good').argument('[ids...]'))
    .option('--all', 'all of them')
    .action(async (ids: readonly string[], options: ParkedOptions, command: Command) => {
      await runWithTransport(command, async (bus) => {
        const wanted = chosen(ids, options);
        const dropped: string[] = [];
        for (const queue of queues(bus, options)) dropped.push(...(await queue.drop(wanted)));
        print(dropped.map((id) => `dropped ${id}`));
        return unknown(ids, dropped) > 0 ? 1 : 0;
      });
    });
}
