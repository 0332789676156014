import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConductorContract, IdentityContract, ImageContract, NetworkContract } from '#libs/contracts';
import { FileStore, ImageStores } from '#libs/imagestore';
import type { ArgumentsOf, CallName, Contract } from '#libs/messaging';
import { IdentityOptions, declarationOf } from '#libs/options';

import type { RequestContext } from '#libs/telemetry';
import { Edge } from '../edge.js';
import type { OptionReader } from '../edge.js';
import { PolicyGate } from '../policy/policy-gate.js';
import { Revocations } from '../tokens/revocations.js';
import type { TokenClaims } from '../tokens/token-claims.js';
import { TokenCodec } from '../tokens/token-codec.js';
import { newAuditId } from '../tokens/token-claims.js';
import { TokenVerifier } from '../tokens/token-verifier.js';
import type { RpcCaller } from '../rpc/topic-client.js';

/**
 * For specs: handlers by method name instead of a worker. A method without a handler fails as if there were no worker.
 */
export type StubHandlers<C extends Contract> = {
  [K in CallName<C>]?: (args: ArgumentsOf<C, K>, context: RequestContext, timeoutMs: number) => unknown;
};

function stubCaller<C extends Contract>(handlers: StubHandlers<C>): RpcCaller<C> {
  return {
    async call(context, method, args, options) {
      const handler = handlers[method];
      if (handler === undefined) throw Object.assign(new Error(`no worker for ${method}`), { code: 'NoWorker' });
      // JSON is sent on the bus; a stub must not share its own objects.
      const sent = JSON.parse(JSON.stringify(args));
      const result = await handler(sent, context, options?.timeoutMs ?? 0);
      return JSON.parse(JSON.stringify(result ?? null));
    },
  };
}

export interface TestHandlers {
  readonly conductor?: StubHandlers<ConductorContract>;
  readonly identity?: StubHandlers<IdentityContract>;
  readonly image?: StubHandlers<ImageContract>;
  readonly network?: StubHandlers<NetworkContract>;
}

/** Values of an option class that replace its defaults. */
export interface TestOptions {
  readonly type: new () => object;
  readonly values: object;
}

/** `testEdge({}, withOptions(ApiOptions, { maxLimit: 2 }))` */
export function withOptions<T extends object>(type: new () => T, values: Partial<T>): TestOptions {
  return { type, values };
}

/** Options with their defaults, except for some values. */
export function testOptions(...set: readonly TestOptions[]): OptionReader {
  return {
    get<T extends object>(type: new () => T): T {
      const defaults = declarationOf(type).options.map(({ property, default: value }) => [
        property,
        typeof value === 'function' ? value({ env: {} }) : value,
      ]);
      const values = set.filter((one) => one.type === type).map((one) => one.values);
      // Every property that the class declares is present.
      return Object.assign(Object.fromEntries(defaults), ...values) as T;
    },
  };
}

const SIGNING_KEY = 'k'.repeat(40);

/** An Edge with stubs, its own signing key, and a policy that permits everything to administrators. */
export function testEdge(handlers: TestHandlers = {}, ...values: readonly TestOptions[]): Edge {
  const options = testOptions(withOptions(IdentityOptions, { signingKeys: [SIGNING_KEY] }), ...values);
  const codec = new TokenCodec([SIGNING_KEY]);
  const revocations = new Revocations(() => Promise.reject(new Error('not polled in tests')));
  return new Edge({
    options,
    policy: new PolicyGate({
      check: (rule, _target, creds) =>
        creds['is_admin'] === true || !/all_tenants|flavor-manage|os-services|other_project/.test(rule),
    }),
    callers: {
      conductor: stubCaller(handlers.conductor ?? {}),
      identity: stubCaller(handlers.identity ?? {}),
      image: stubCaller(handlers.image ?? {}),
      network: stubCaller(handlers.network ?? {}),
    },
    codec,
    verifier: new TokenVerifier(codec, revocations),
    closeVerifier: () => undefined,
    revocations,
    imageStores: new ImageStores([new FileStore(join(tmpdir(), `albireo-test-images-${process.pid}`), true)]),
  });
}

const DOMAIN = { id: 'default', name: 'Default' };

/** Claims of a member (or, with the role admin, an administrator) of project `p1`. */
export function testClaims(roles: readonly string[] = ['member'], changes: Partial<TokenClaims> = {}): TokenClaims {
  const now = Math.floor(Date.now() / 1000);
  return {
    user: { id: 'u1', name: 'alice', domain: DOMAIN },
    project: { id: 'c0ffee00c0ffee00c0ffee00c0ffee00', name: 'demo', domain: DOMAIN },
    domain: null,
    system: null,
    roles: roles.map((name) => ({ id: `role-${name}`, name })),
    methods: ['password'],
    auditIds: [newAuditId()],
    isAdminProject: false,
    issuedAt: now,
    expiresAt: now + 3600,
    ...changes,
  };
}
