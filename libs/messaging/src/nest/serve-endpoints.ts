import { isObservable, lastValueFrom } from 'rxjs';
import type { Contract } from '../contract/contract.js';
import type { Handler } from '../server/delivery.js';
import type { RpcEndpointDefinition } from '../server/rpc-endpoint.js';
import { RpcServer } from '../server/rpc-server.js';
import type { RpcServerOptions } from '../server/rpc-server.js';
import type { Transport } from '../transport/transport.js';

export interface ServeOptions {
  /** [DEFAULT] host: name of these servers. */
  readonly server: string;
  /** Only these topics of the endpoints found. @default all */
  readonly topics?: readonly string[];
  /** Names of further servers of a topic that this process also serves. @default none */
  readonly alsoServers?: (topic: string) => readonly string[];
  /** Options of one topic's server. */
  readonly forTopic?: (topic: string) => Partial<Omit<RpcServerOptions, 'topic' | 'server' | 'endpoints'>>;
  /** @default 30000 */
  readonly stopDeadlineMs?: number;
}

/** One RpcServer per topic, and one more for each further name, of the handlers found. */
export function serversFor(
  transport: Transport,
  found: ReadonlyMap<Contract, Readonly<Record<string, Handler<never, unknown>>>>,
  { server, topics, alsoServers, forTopic }: ServeOptions,
): readonly RpcServer[] {
  const byTopic = new Map<string, RpcEndpointDefinition[]>();
  for (const [contract, handlers] of found) {
    if (topics !== undefined && !topics.includes(contract.topic)) continue;
    byTopic.set(contract.topic, [...(byTopic.get(contract.topic) ?? []), { contract, handlers }]);
  }
  return [...byTopic].flatMap(([topic, endpoints]) =>
    [server, ...(alsoServers?.(topic) ?? [])].map(
      (name) => new RpcServer(transport, { topic, server: name, endpoints, ...forTopic?.(topic) }),
    ),
  );
}

/** Resolves when `started` does, or after `waitMs`; rejects when `started` rejects before. */
export async function startedOr(started: Promise<unknown>, waitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, waitMs);
  });
  try {
    await Promise.race([started, waited]);
  } finally {
    clearTimeout(timer);
  }
}

/** The result of a handler: the last value where Nest returns an Observable. */
export async function settled(given: unknown): Promise<unknown> {
  const result = await given;
  return isObservable(result) ? lastValueFrom(result, { defaultValue: null }) : result;
}
