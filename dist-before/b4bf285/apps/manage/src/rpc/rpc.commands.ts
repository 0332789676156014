import type { Command } from 'commander';
import { registerCallCommands } from './call.commands.js';
import { registerParkedCommands } from './parked.commands.js';
import { registerTopologyCommands } from './topology.commands.js';

export function registerRpcCommands(program: Command): void {
  const rpc = program.command('rpc').description('the message bus: calls by hand, parked messages, queues');
  registerCallCommands(rpc);
  registerParkedCommands(rpc);
  registerTopologyCommands(rpc);
}
