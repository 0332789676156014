// One API of the gateway over memory://, with a stub in place of the worker: real bus, real policy, real tokens.
import { randomUUID } from 'node:crypto';
import { createTransport, RpcClient, RpcServer } from '#libs/messaging';
import type { RpcEndpointDefinition, Transport } from '#libs/messaging';
import { conductorContract, identityContract, imageContract, networkContract } from '#libs/contracts';
import { Enforcer, credentialsOf, identityCredentials } from '#libs/policy';
import { POLICY_RULES } from '../../apps/gateway/src/edge/access/access.check.js';
import type { ApiDefinition } from '../../apps/gateway/src/edge/api-definition.js';
import { createApiApplication } from '../../apps/gateway/src/edge/application.js';
import { Edge } from '../../apps/gateway/src/edge/edge.js';
import { PolicyGate } from '../../apps/gateway/src/edge/policy/policy-gate.js';
import type { ApiName } from '../../apps/gateway/src/edge/api-names.js';
import { testClaims, testEdge } from '../../apps/gateway/src/edge/testing/test-edge.js';
import type { TestOptions } from '../../apps/gateway/src/edge/testing/test-edge.js';
import type { TokenClaims } from '../../apps/gateway/src/edge/tokens/token-claims.js';

export interface StubRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS';
  readonly url: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Roles of the caller; null: no token at all. @default ['member', 'reader'] */
  readonly roles?: readonly string[] | null;
}

export interface StubAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The parsed body; undefined when it is no JSON. */
  readonly json: unknown;
}

export interface StubGateway {
  readonly edge: Edge;
  request(request: StubRequest): Promise<StubAnswer>;
  token(roles: readonly string[], changes?: Partial<TokenClaims>): Promise<string>;
  /** Stops the stub worker, so that nobody serves the topic. */
  stopWorker(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts an API with handlers for a topic; a method without a handler fails unexpectedly. */
export async function startStubGateway(
  api: ApiDefinition,
  endpoint: RpcEndpointDefinition,
  ...options: readonly TestOptions[]
): Promise<StubGateway> {
  const transport = await createTransport({ url: `memory://${randomUUID()}` });
  const { topic } = endpoint.contract;
  const server = new RpcServer(transport, { topic, server: 'stub', endpoints: [complete(endpoint)] });
  await server.start();
  const edge = stubEdge(transport, api.name, options);
  const app = await createApiApplication(api, edge);
  const token = (roles: readonly string[], changes: Partial<TokenClaims> = {}): Promise<string> =>
    edge.codec.sign(testClaims(roles, changes));
  return {
    edge,
    token,
    request: async ({ method = 'GET', url, body, headers = {}, roles: callerRoles = ['member', 'reader'] }) => {
      const answer = await app.fastify.inject({
        method,
        url,
        headers: {
          host: 'cloud.example:1234',
          ...(callerRoles === null ? {} : { 'x-auth-token': await token(callerRoles) }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      return { status: answer.statusCode, headers: answer.headers, text: answer.body, json: parsed(answer.body) };
    },
    stopWorker: () => server.stop(1000),
    stop: async () => {
      await app.close();
      await server.stop(1000);
      await transport.stop();
    },
  };
}

/** A handler for every method of the contract. */
function complete(endpoint: RpcEndpointDefinition): RpcEndpointDefinition {
  const missing = Object.keys(endpoint.contract.methods).filter((name) => !(name in endpoint.handlers));
  const stubs = missing.map((name) => [name, () => Promise.reject(new Error(`the stub has no ${name}`))] as const);
  return { contract: endpoint.contract, handlers: { ...Object.fromEntries(stubs), ...endpoint.handlers } };
}

function stubEdge(transport: Transport, apiName: ApiName, options: readonly TestOptions[]): Edge {
  const enforcer = new Enforcer({ defaults: POLICY_RULES[apiName] });
  const base = testEdge({}, ...options);
  return new Edge({
    options: base.options,
    codec: base.codec,
    verifier: base.verifier,
    closeVerifier: base.closeVerifier,
    revocations: base.revocations,
    imageStores: base.imageStores,
    policy: new PolicyGate(enforcer, apiName === 'identity' ? identityCredentials : credentialsOf),
    callers: {
      conductor: new RpcClient(transport, conductorContract),
      identity: new RpcClient(transport, identityContract),
      image: new RpcClient(transport, imageContract),
      network: new RpcClient(transport, networkContract),
    },
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
