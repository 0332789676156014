import { Allow, IsArray, IsString } from 'class-validator';
import { call, defineContract, type } from '../contract/contract.js';
import type { Contract } from '../contract/contract.js';
import { endpoint } from './rpc-endpoint.js';
import type { RpcEndpointDefinition } from './rpc-endpoint.js';

class PingArguments {
  @Allow()
  arg?: unknown;
}

/** nova's `baseapi` (nova/baserpc.py), on every topic. */
export function baseApiEndpoint(topic: string, service: string): RpcEndpointDefinition {
  const methods = {
    get_backdoor_port: call<null>({ args: null, idempotent: true, exposed: true, access: 'anyone' }),
    ping: call({
      args: PingArguments,
      result: type<{ service: string; arg: unknown }>(),
      idempotent: true,
      exposed: true,
      access: 'anyone',
    }),
  };
  const contract = defineContract({ topic, namespace: 'baseapi', version: '1.1', methods });
  return endpoint(contract, {
    // There is no backdoor port: nova then returns null, too.
    get_backdoor_port: async () => null,
    ping: async (_context, args) => ({ service, arg: args.arg ?? null }),
  });
}

/** Namespace in which Albireo's servers answer questions about themselves. */
export const presenceNamespace = 'albireo.presence';

interface ServedVersion {
  readonly namespace: string | null;
  readonly version: string;
}

/** Which of the asking client's calls a server has, and where their replies must go from now on. */
export class HoldingArguments {
  @IsArray()
  @IsString({ each: true })
  message_ids!: readonly string[];

  @IsString()
  reply_queue!: string;
}

/** The version that added `holding`; the rest is as old as the namespace. */
export const presenceVersion = '1.1';

/**
 * Lets a starting server distinguish Albireo's servers from others on its topic, and lets clients learn versions and
 * find calls that no server has any more. `holding` returns the ids of those calls that this server has taken.
 */
export function presenceEndpoint(
  topic: string,
  served: readonly Contract[],
  holding: (messageIds: readonly string[], replyQueue: string) => readonly string[],
): RpcEndpointDefinition {
  const methods = {
    present: call<boolean>({ args: null, idempotent: true, exposed: true, access: 'anyone' }),
    versions: call<readonly ServedVersion[]>({ args: null, idempotent: true, exposed: true, access: 'anyone' }),
    holding: call({
      args: HoldingArguments,
      result: type<readonly string[]>(),
      idempotent: true,
      exposed: true,
      access: 'anyone',
      since: presenceVersion,
    }),
  };
  const contract = defineContract({ topic, namespace: presenceNamespace, version: presenceVersion, methods });
  const versions = [...served, contract].map(({ namespace, version }) => ({ namespace, version }));
  return endpoint(contract, {
    present: async () => true,
    versions: async () => versions,
    holding: async (_context, args) => holding(args.message_ids, args.reply_queue),
  });
}

/** oslo.messaging's own ping, where [DEFAULT] rpc_ping_enabled is set. */
export function serverPingEndpoint(topic: string): RpcEndpointDefinition {
  const methods = {
    oslo_rpc_server_ping: call<string>({ args: null, idempotent: true, exposed: true, access: 'anyone' }),
  };
  const contract = defineContract({ topic, namespace: null, version: '1.0', methods });
  return endpoint(contract, { oslo_rpc_server_ping: async () => 'pong' });
}
