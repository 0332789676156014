import { isCompatible } from './version.js';

/** Where a message goes, in oslo.messaging's words. */
export interface Target {
  /** Control exchange. @default the transport's */
  readonly exchange?: string;
  readonly topic: string;
  /** One server of the topic. @default any */
  readonly server?: string;
  /** All servers of the topic. @default false */
  readonly fanout?: boolean;
  readonly namespace?: string | null;
  readonly version?: string;
}

/** A class of arguments: decorated by class-validator, constructed without parameters. */
export type ArgumentsClass<A extends object> = new () => A;

/**
 * Carries a type where TypeScript would otherwise require it to be written next to an inferred one; holds nothing at
 * run time.
 */
export interface TypeToken<T> {
  readonly phantom?: T;
}

/** `result: type<ServerView[]>()` declares the type of a call's result without a value. */
export function type<T>(): TypeToken<T> {
  return {};
}

/**
 * Who may call a method: `anyone`, also without a user in the context; `users`, any caller with a user in the context
 * (also an internal step that runs in a user's name); or the callers that the policy permits, given as the names of the
 * rules that the handler checks. A server enforces it with a CallerPolicy.
 */
export type MethodAccess = 'anyone' | 'users' | readonly [string, ...string[]];

interface MethodSpec {
  /**
   * A method that may run twice without harm (every read). Its message is acknowledged after it ran, so that the
   * message of a killed worker is delivered again. A call that is not idempotent is acknowledged before it runs.
   * @default false
   */
  readonly idempotent?: boolean;
  /** `long` uses `long_rpc_timeout` in place of `rpc_response_timeout`. @default 'default' */
  readonly timeout?: 'default' | 'long';
  /** Version of the contract that added the method. @default the first of its major: `1.0` */
  readonly since?: string;
  /** May be called under the explicit access policy. @default false */
  readonly exposed?: boolean;
  /** @default undeclared, which a server with a CallerPolicy may refuse to serve */
  readonly access?: MethodAccess;
}

export interface CallMethod<A extends object | null, R> {
  readonly kind: 'call';
  readonly args: ArgumentsClass<NonNullable<A>> | null;
  readonly idempotent: boolean;
  readonly timeout: 'default' | 'long';
  readonly exposed: boolean;
  readonly access: MethodAccess | undefined;
  readonly since?: string | undefined;
  readonly types?: { readonly args: A; readonly result: R };
}

/** A cast has no reply; it is acknowledged after it ran and goes through the DeliveryLedger if there is one. */
export interface CastMethod<A extends object | null> {
  readonly kind: 'cast';
  readonly args: ArgumentsClass<NonNullable<A>> | null;
  readonly idempotent: boolean;
  readonly timeout: 'default' | 'long';
  readonly exposed: boolean;
  readonly access: MethodAccess | undefined;
  readonly since?: string | undefined;
  readonly types?: { readonly args: A; readonly result: void };
}

export type Method = CallMethod<object | null, unknown> | CastMethod<object | null>;

/**
 * Declares a method with a reply. Either `call({ args: ShowArgs, result: type<Server>() })` or `call<ShowArgs,
 * Server>({ args: ShowArgs })`; `call<Server[]>({ args: null })` for one without arguments.
 */
export function call<R>(
  spec: MethodSpec & { readonly args: null; readonly result?: TypeToken<R> },
): CallMethod<null, R>;
export function call<A extends object, R>(
  spec: MethodSpec & { readonly args: ArgumentsClass<A>; readonly result?: TypeToken<R> },
): CallMethod<A, R>;
export function call(
  spec: MethodSpec & { readonly args: ArgumentsClass<object> | null },
): CallMethod<object | null, unknown> {
  return Object.freeze({
    kind: 'call',
    args: spec.args,
    idempotent: spec.idempotent ?? false,
    timeout: spec.timeout ?? 'default',
    exposed: spec.exposed ?? false,
    access: spec.access,
    since: spec.since,
  });
}

/** Declares a method without a reply: `cast({ args: BuildArgs })`, or `cast({ args: null })`. */
export function cast(spec: MethodSpec & { readonly args: null }): CastMethod<null>;
export function cast<A extends object>(spec: MethodSpec & { readonly args: ArgumentsClass<A> }): CastMethod<A>;
export function cast(spec: MethodSpec & { readonly args: ArgumentsClass<object> | null }): CastMethod<object | null> {
  return Object.freeze({
    kind: 'cast',
    args: spec.args,
    idempotent: spec.idempotent ?? false,
    timeout: spec.timeout ?? 'default',
    exposed: spec.exposed ?? false,
    access: spec.access,
    since: spec.since,
  });
}

export type Methods = Readonly<Record<string, Method>>;

/** The agreement between the two sides of a topic. */
export interface Contract<M extends Methods = Methods> {
  readonly topic: string;
  /** oslo's namespace; null is the one of Python services' own methods. */
  readonly namespace: string | null;
  /** Highest version supported: `major.minor`. */
  readonly version: string;
  readonly methods: M;
}

/**
 * Declares a contract once; client and server are typed by it.
 * Throws TypeError for a topic, version or method name that could not be sent.
 */
export function defineContract<const M extends Methods>(contract: {
  readonly topic: string;
  readonly namespace?: string | null;
  readonly version?: string;
  readonly methods: M;
}): Contract<M> {
  const version = contract.version ?? '1.0';
  if (!/^[A-Za-z0-9_-]+$/.test(contract.topic)) {
    throw new TypeError(`contract topic "${contract.topic}": expected letters, digits, "_" and "-"`);
  }
  if (!/^\d+\.\d+$/.test(version)) {
    throw new TypeError(`contract ${contract.topic} version "${version}": expected "major.minor"`);
  }
  for (const [name, { since }] of Object.entries(contract.methods)) {
    if (since !== undefined && !isCompatible(version, since)) {
      throw new TypeError(
        `contract ${contract.topic} method "${name}": since ${since} does not fit version ${version}`,
      );
    }
    if (!/^[a-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new TypeError(`contract ${contract.topic} method "${name}": expected snake_case`);
    }
  }
  return Object.freeze({
    topic: contract.topic,
    namespace: contract.namespace ?? null,
    version,
    methods: Object.freeze(contract.methods),
  });
}

/** Converts a result to an older version of the contract, for a caller that asked in that version. */
export type Backport = (contract: Contract, version: string, result: unknown) => unknown;

export type MethodsOf<C extends Contract> = C['methods'];
/** Names of all methods of a contract. */
export type MethodName<C extends Contract> = Extract<keyof MethodsOf<C>, string>;
/** Names of the methods with a reply. */
export type CallName<C extends Contract> = {
  [K in MethodName<C>]: MethodsOf<C>[K] extends { readonly kind: 'call' } ? K : never;
}[MethodName<C>];
/** Names of the methods without a reply. */
export type CastName<C extends Contract> = {
  [K in MethodName<C>]: MethodsOf<C>[K] extends { readonly kind: 'cast' } ? K : never;
}[MethodName<C>];
/** The arguments of a method: the class's instance type, or null for none. */
export type ArgumentsOf<C extends Contract, K extends MethodName<C>> =
  MethodsOf<C>[K] extends CallMethod<infer A, infer _R> ? A : MethodsOf<C>[K] extends CastMethod<infer A> ? A : never;
/** The result of a call; void for a cast. */
export type ResultOf<C extends Contract, K extends MethodName<C>> =
  MethodsOf<C>[K] extends CallMethod<infer _A, infer R> ? R : void;
