import type { Command } from 'commander';
import { registerCallCommands } from './call.commands.js';
import { registerParkedCommands } from './parked.commands.js';
import { ServiceOptions } from '#libs/options';
import type { TopologyItem } from '#libs/messaging';
import { BusTopology } from '#libs/messaging';
import type { Bus } from './with-transport.js';
import { print, runWithTransport } from './with-transport.js';

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

/** `albireo-manage rpc topology plan|apply`: what a worker with this configuration declares at the broker. */
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
