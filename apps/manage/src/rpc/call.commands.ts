import type { Command } from 'commander';
import { StartError } from '#libs/config';
import { RpcClient, call, cast, defineContract } from '#libs/messaging';
import { createContext } from '#libs/telemetry';
import { operator, print, runWithTransport } from './with-transport.js';

interface TargetOptions {
  readonly topic: string;
  readonly server?: string;
  readonly namespace: string;
  readonly version: string;
  readonly timeout?: string;
  readonly fanout?: boolean;
}

/** Unchecked arguments of the operator; the server checks them. */
class AnyArguments {
  [name: string]: unknown;
}

function parseArguments(text: string): AnyArguments {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new StartError(`rpc: the arguments are not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new StartError('rpc: the arguments: expected a JSON object of arguments by name, as {"id": 1}');
  }
  return Object.assign(new AnyArguments(), value);
}

function timeoutOf(text: string | undefined): { readonly timeoutMs?: number } {
  if (text === undefined) return {};
  const seconds = Number(text);
  if (!(seconds > 0)) throw new StartError(`rpc: --timeout: expected seconds above 0, found "${text}"`);
  return { timeoutMs: seconds * 1_000 };
}

/** A contract for one method that is not declared. Throws StartError for names that cannot be sent. */
function contractOf(options: TargetOptions, method: string) {
  const { topic, version } = options;
  const namespace = options.namespace === '' ? null : options.namespace;
  try {
    return {
      calling: defineContract({ topic, namespace, version, methods: { [method]: call({ args: AnyArguments }) } }),
      casting: defineContract({ topic, namespace, version, methods: { [method]: cast({ args: AnyArguments }) } }),
    };
  } catch (error) {
    throw new StartError(`rpc: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function withTarget(command: Command): Command {
  return command
    .requiredOption('--topic <topic>', 'whom it is for, as conductor')
    .option('--exchange <exchange>', 'in place of control_exchange')
    .option('--server <host>', 'one server of the topic');
}

function withMethod(command: Command): Command {
  return withTarget(command)
    .option('--namespace <namespace>', 'namespace of the method; "" for none', 'albireo')
    .option('--version <version>', 'version of the interface', '1.0')
    .argument('<method>', 'as server_list')
    .argument('[json]', 'arguments by name', '{}');
}

/** `albireo-manage rpc call|cast|ping`: sends a message of a service manually, as an administrator. */
export function registerCallCommands(rpc: Command): void {
  withMethod(rpc.command('call').description('call a method and print its result as JSON'))
    .option('--timeout <seconds>', 'in place of rpc_response_timeout')
    .action(async (method: string, json: string, options: TargetOptions, command: Command) => {
      await runWithTransport(command, async ({ transport, exchange }) => {
        const args = parseArguments(json);
        const { server } = options;
        // The operator sets the version: no other version is sent.
        const versionCap = options.version;
        const target = {
          exchange,
          versionCap,
          ...(server === undefined ? {} : { server }),
          ...timeoutOf(options.timeout),
        };
        const client = new RpcClient(transport, contractOf(options, method).calling, target);
        const result = await client.call(operator(), method, args);
        print([JSON.stringify(result, undefined, 2)]);
        return 0;
      });
    });
  withMethod(rpc.command('cast').description('send a method without waiting for an answer'))
    .option('--fanout', 'to all servers of the topic')
    .action(async (method: string, json: string, options: TargetOptions, command: Command) => {
      await runWithTransport(command, async ({ transport, exchange }) => {
        const args = parseArguments(json);
        const { server, fanout = false } = options;
        const target = { exchange, fanout, versionCap: options.version, ...(server === undefined ? {} : { server }) };
        const client = new RpcClient(transport, contractOf(options, method).casting, target);
        await client.cast(operator(), method, args);
        print(['sent']);
        return 0;
      });
    });
  withTarget(rpc.command('ping').description("ask a topic's servers whether they are there (nova's baseapi)"))
    .option('--timeout <seconds>', 'how long to wait', '5')
    .action(async (options: Omit<TargetOptions, 'namespace' | 'version'>, command: Command) => {
      await runWithTransport(command, async ({ transport, exchange }) => {
        const { server, topic } = options;
        const target = { exchange, ...(server === undefined ? {} : { server }), ...timeoutOf(options.timeout) };
        const { calling } = contractOf({ topic, namespace: 'baseapi', version: '1.0' }, 'ping');
        const startedAt = performance.now();
        const answer = await new RpcClient(transport, calling, target).call(createContext(), 'ping', { arg: 'ping' });
        const ms = (performance.now() - startedAt).toFixed(1);
        print([`${server === undefined ? topic : `${topic}.${server}`}: ${JSON.stringify(answer)} in ${ms} ms`]);
        return 0;
      });
    });
}
