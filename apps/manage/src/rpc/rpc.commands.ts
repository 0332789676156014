import type { Command } from 'commander';
import { StartError, topicNames, ServiceOptions } from '#libs/options';
import { ParkedMessages, BusTopology } from '#libs/messaging';
import { maskText } from '#libs/telemetry';
import type { TopologyItem } from '#libs/messaging';
import { print, runWithTransport } from './with-transport.js';
import type { Bus } from './with-transport.js';
import { registerCallCommands } from './call.commands.js';

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
function registerParkedCommands(rpc: Command): void {
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

const words = { missing: 'missing ', present: 'ok      ', conflict: 'CONFLICT' } as const;

function lines(items: readonly TopologyItem[]): readonly string[] {
  return items.flatMap(({ kind, name, flags, bindings, state, reason }) => [
    `${words[state]}  ${kind} ${name}  (${flags})${bindings.map((binding) => `  <- ${binding}`).join('')}`,
    ...(reason === null ? [] : [`          ${reason}`]),
  ]);
}

function topologyOf({ config, transport }: Bus): BusTopology {
  const { enabledTopics, host } = config.get(ServiceOptions);
  return new BusTopology(transport, enabledTopics, host);
}

/**
 * `albireo-manage rpc topology plan|apply`: the declarations that a worker with this configuration makes at the broker.
 */
function registerTopologyCommands(rpc: Command): void {
  const topology = rpc.command('topology').description('exchanges and queues of a worker with this configuration');
  topology
    .command('plan')
    .description('show what is there, what is missing, and what conflicts and why; exit 1 on conflicts')
    .action(async (_options: unknown, command: Command) => {
      await runWithTransport(command, async (bus) => {
        const items = await topologyOf(bus).plan();
        print(lines(items));
        return items.some(({ state }) => state === 'conflict') ? 1 : 0;
      });
    });
  topology
    .command('apply')
    .description('declare what is missing; conflicts are shown and left as they are, exit 1')
    .action(async (_options: unknown, command: Command) => {
      await runWithTransport(command, async (bus) => {
        const items = await topologyOf(bus).apply();
        print(lines(items.filter(({ state }) => state === 'conflict')));
        print(items.filter(({ state }) => state === 'missing').map(({ kind, name }) => `declared ${kind} ${name}`));
        return items.some(({ state }) => state === 'conflict') ? 1 : 0;
      });
    });
}

export function registerRpcCommands(program: Command): void {
  const rpc = program.command('rpc').description('the message bus: calls by hand, parked messages, queues');
  registerCallCommands(rpc);
  registerParkedCommands(rpc);
  registerTopologyCommands(rpc);
}
