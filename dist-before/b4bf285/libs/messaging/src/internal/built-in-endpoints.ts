import { Allow } from 'class-validator';
import { call, defineContract, type } from '../contract.js';
import type { Contract } from '../contract.js';
import { endpoint } from '../rpc-endpoint.js';
import type { RpcEndpointDefinition } from '../rpc-endpoint.js';

class PingArguments {
  @Allow()
  arg?: unknown;
}

/** nova's `baseapi` (nova/baserpc.py), on every topic. */
export function baseApiEndpoint(topic: string, service: string): RpcEndpointDefinition {
  const methods = {
    get_backdoor_port: call<null>({ args: null, idempotent: true, exposed: true }),
    ping: call({
      args: PingArguments,
      result: type<{ service: string; arg: unknown }>(),
      idempotent: true,
      exposed: true,
    }),
  };
  const contract = defineContract({ topic, namespace: 'baseapi', version: '1.1', methods });
  return endpoint(contract, {
    // There is no such door: nova answers null then, too.
    get_backdoor_port: async () => null,
    ping: async (_context, args) => ({ service, arg: args.arg ?? null }),
  });
}

/** Namespace of what servers of this product answer about themselves. */
export const presenceNamespace = 'albireo.presence';

interface ServedVersion {
  readonly namespace: string | null;
  readonly version: string;
}

/** How a starting server tells servers of this product from others on its topic, and how clients learn of versions. */
export function presenceEndpoint(topic: string, served: readonly Contract[]): RpcEndpointDefinition {
  const methods = {
    present: call<boolean>({ args: null, idempotent: true, exposed: true }),
    versions: call<readonly ServedVersion[]>({ args: null, idempotent: true, exposed: true }),
  };
  const contract = defineContract({ topic, namespace: presenceNamespace, version: '1.0', methods });
  const versions = [...served, contract].map(({ namespace, version }) => ({ namespace, version }));
  return endpoint(contract, { present: async () => true, versions: async () => versions });
}

/** oslo.messaging's own ping, where [DEFAULT] rpc_ping_enabled is set. */
export function serverPingEndpoint(topic: string): RpcEndpointDefinition {
  const methods = { oslo_rpc_server_ping: call<string>({ args: null, idempotent: true, exposed: true }) };
  const contract = defineContract({ topic, namespace: null, version: '1.0', methods });
  return endpoint(contract, { oslo_rpc_server_ping: async () => 'pong' });
}
