import type { ArgumentsOf, CallName, CastName, Contract, MethodName, ResultOf } from '../contract/contract.js';
import { addTraceHeaders, traceOf } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import { KnownRemoteError, MessagingError, RemoteError } from '../errors.js';
import type { MessageSerializer } from '../wire/message-serializer.js';
import type { OutgoingMessage } from './outgoing-message.js';
import { lowestFor, newerField } from '../contract/since.decorator.js';
import type { Transport } from '../transport/transport.js';
import { VersionCap } from './version-cap.js';
import { isCompatible } from '../contract/version.js';
import { exchangeHeader, sentHeader } from '../timing/deadline.js';
import type { CallRequest } from './pending-calls.js';
import { serializeArguments } from '../wire/entity-mapping.js';
import { encodeRequest } from '../wire/envelope.js';
import { coreOf, publishTimeoutMs } from '../transport/transport-core.js';
import type { TransportCore } from '../transport/transport-core.js';

export interface PrepareOptions {
  /** @default the transport's control exchange */
  readonly exchange?: string;
  /** One server of the topic. @default any */
  readonly server?: string;
  /** All servers of the topic; casts only. @default false */
  readonly fanout?: boolean;
  /** @default rpc_response_timeout, or long_rpc_timeout if the contract says so */
  readonly timeoutMs?: number;
  /** Version that the message asks for. @default a call's the contract's, a cast's the lowest that can carry it */
  readonly version?: string;
  /** No higher version may be sent. @default the cap of [upgrade_levels], or the contract's version */
  readonly versionCap?: string;
  /** Ask for a heartbeat at least this often, in whole seconds, 2 or more; without one the call fails. @default none */
  readonly callMonitorTimeout?: number;
  readonly serializer?: MessageSerializer;
  /** Makes the caller's own error from a remote one; undefined keeps the RemoteError. */
  readonly rebuildError?: (error: RemoteError) => Error | undefined;
}

export type CallOptions = Pick<PrepareOptions, 'timeoutMs' | 'server'>;

export interface CastOptions {
  readonly server?: string;
  readonly fanout?: boolean;
  readonly timeoutMs?: number;
  /** Name of this cast in the ledger; the same for every copy. @default a new one */
  readonly uniqueId?: string;
}

/** Calls the servers of one topic; a wrong method or argument does not compile. */
export class RpcClient<C extends Contract> {
  readonly #core: TransportCore;
  readonly #cap: VersionCap;

  constructor(
    readonly transport: Transport,
    readonly contract: C,
    readonly options: PrepareOptions = {},
  ) {
    this.#core = coreOf(transport);
    const exchange = options.exchange ?? this.#core.settings.controlExchange;
    this.#cap = new VersionCap(this.#core, contract, exchange, options.versionCap);
  }

  /** The same client with other defaults. */
  prepare(options: PrepareOptions): RpcClient<C> {
    return new RpcClient(this.transport, this.contract, { ...this.options, ...options });
  }

  /** Whether the oldest running server supports that version. */
  canSendVersion(version: string = this.contract.version): boolean {
    return isCompatible(this.#cap.value, version);
  }

  /** With `auto` in [upgrade_levels]: resolves when the servers have reported their versions. Never rejects. */
  async learnVersions(): Promise<void> {
    if (this.#cap.mustAsk) await this.#cap.ask();
  }

  /**
   * Runs a method at one server and returns its result. Rejects with NoWorker, BrokerUnavailable, MessagingTimeout,
   * OutcomeUnknown or the error that the server threw (RemoteError).
   */
  async call<K extends CallName<C>>(
    context: RequestContext,
    method: K,
    args: ArgumentsOf<C, K>,
    options: CallOptions = {},
  ): Promise<ResultOf<C, K>> {
    const spec = this.contract.methods[method];
    if (spec === undefined || spec.kind !== 'call') throw this.#wrongKind(method, 'call');
    if (this.options.fanout === true) {
      throw new MessagingError('InvalidTarget', `a call cannot be used with fanout (${this.contract.topic}.${method})`);
    }
    if (this.#cap.mustAsk) await this.#cap.ask();
    const { settings } = this.#core;
    const { serializer } = this.options;
    const usualMs = spec.timeout === 'long' ? settings.longResponseTimeoutMs : settings.responseTimeoutMs;
    const request: CallRequest = {
      exchange: this.options.exchange ?? settings.controlExchange,
      topic: this.contract.topic,
      server: options.server ?? this.options.server,
      namespace: this.contract.namespace,
      version: this.#version(method, args),
      method,
      args: serializeArguments(serializer, context, args),
      context: serializer?.serializeContext?.(context) ?? context,
      timeoutMs: options.timeoutMs ?? this.options.timeoutMs ?? usualMs,
      idempotent: spec.idempotent,
      monitorSeconds: this.options.callMonitorTimeout ?? null,
    };
    try {
      const result = await this.#callOrLearn(request, method, args);
      const entity = serializer?.deserializeEntity?.(context, result) ?? result;
      // The result type that the contract declares.
      return entity as ResultOf<C, K>;
    } catch (error) {
      if (error instanceof RemoteError) throw this.#rebuilt(error);
      throw error;
    }
  }

  /** A server that is older than expected has not run the call: the call is sent again in that server's version. */
  #callOrLearn(request: CallRequest, method: MethodName<C>, args: object | null): Promise<unknown> {
    const { calls } = this.#core;
    if (!this.#cap.canLearn) return calls.call(request);
    const startedAt = performance.now();
    return calls.call(request).catch(async (error: unknown) => {
      if (!(error instanceof RemoteError)) throw error;
      if (error.code !== 'UnsupportedVersion') throw this.#tooNew(request, error);
      await this.#cap.ask();
      const version = this.#version(method, args);
      if (version === request.version) throw error;
      const timeoutMs = request.timeoutMs - (performance.now() - startedAt);
      const older = { ...request, version, timeoutMs: Math.max(1, timeoutMs) };
      return calls.call(older).catch((again: unknown) => {
        throw again instanceof RemoteError ? this.#tooNew(older, again) : again;
      });
    });
  }

  /** The error for a call that an older server refused because it does not know the version. */
  #tooNew({ topic, method, version }: CallRequest, error: RemoteError): Error {
    const isOlder = version !== this.contract.version;
    if (!isOlder || (error.code !== 'InvalidArguments' && error.code !== 'NoSuchMethod')) return error;
    const text = `${topic}.${method}: the oldest server alive speaks ${version} and refused it: ${error.value}`;
    return new MessagingError('RPCVersionCapError', text, { cause: error });
  }

  /** Sends a method without a reply; resolves when the broker has confirmed it. */
  async cast<K extends CastName<C>>(
    context: RequestContext,
    method: K,
    args: ArgumentsOf<C, K>,
    options: CastOptions = {},
  ): Promise<void> {
    if (this.#cap.mustAsk) await this.#cap.ask();
    const { gate } = this.#core;
    const timeoutMs = options.timeoutMs ?? this.options.timeoutMs ?? publishTimeoutMs;
    const until = performance.now() + timeoutMs;
    const waiting = gate.enter(timeoutMs);
    if (waiting !== null) await waiting;
    try {
      const message = this.serializeCast(context, method, args, options);
      await this.transport.publish(message, { timeoutMs: until - performance.now() });
    } finally {
      gate.leave();
    }
  }

  /** A cast as plain JSON, to be stored in an outbox and given to `transport.publish` later. */
  serializeCast<K extends CastName<C>>(
    context: RequestContext,
    method: K,
    args: ArgumentsOf<C, K>,
    options: Omit<CastOptions, 'timeoutMs'> = {},
  ): OutgoingMessage {
    if (this.contract.methods[method]?.kind !== 'cast') throw this.#wrongKind(method, 'cast');
    const { topology, settings, ids } = this.#core;
    const { topic, namespace } = this.contract;
    const fanout = options.fanout ?? this.options.fanout ?? false;
    const exchange = this.options.exchange ?? settings.controlExchange;
    const uniqueId = options.uniqueId ?? ids.next();
    const { serializer } = this.options;
    const body = encodeRequest({
      method,
      args: serializeArguments(serializer, context, args),
      namespace,
      version: this.#castVersion(method, args),
      uniqueId,
      context: serializer?.serializeContext?.(context) ?? context,
    });
    const headers: Record<string, string> = { [sentHeader]: String(Date.now()) };
    addTraceHeaders(headers, traceOf(context));
    if (fanout) {
      headers[exchangeHeader] = exchange;
      return { exchange: topology.fanoutExchange(topic), routingKey: '', fanout, uniqueId, body, headers };
    }
    const routingKey = topology.routingKey(topic, options.server ?? this.options.server);
    return { exchange, routingKey, fanout, uniqueId, body, headers };
  }

  #rebuilt(error: RemoteError): Error {
    const own = this.options.rebuildError?.(error);
    if (own !== undefined) return own;
    const { allowedRemoteExmods } = this.#core.settings;
    return allowedRemoteExmods.includes(error.module) ? new KnownRemoteError(error.failure) : error;
  }

  #version(method: MethodName<C>, args: object | null): string {
    const cap = this.#cap.value;
    const version = this.options.version ?? this.#cap.usual;
    const { topic, methods, version: newest } = this.contract;
    const spec = methods[method];
    const needed = spec?.since;
    if (!isCompatible(cap, version) || (needed !== undefined && !isCompatible(version, needed))) {
      const text = `${topic}.${method}: version ${needed ?? version} is needed, the cap is ${cap}`;
      throw new MessagingError('RPCVersionCapError', text);
    }
    const newer = version === newest ? undefined : newerField(spec?.args ?? null, args, version);
    if (newer === undefined) return version;
    const text = `${topic}.${method}: argument "${newer.field}" needs version ${newer.since}, the cap is ${cap}`;
    throw new MessagingError('RPCVersionCapError', text);
  }

  /**
   * A cast may wait in outboxes and queues, and be received by a server that was not known when it was sent, such as an
   * older one after a rollback. It therefore asks for the lowest version that can carry it.
   */
  #castVersion(method: MethodName<C>, args: object | null): string {
    const version = this.#version(method, args);
    if (this.options.version !== undefined) return version;
    const spec = this.contract.methods[method];
    return lowestFor(spec?.args ?? null, args, spec?.since ?? `${Number.parseInt(version, 10)}.0`);
  }

  #wrongKind(method: MethodName<C>, kind: string): MessagingError {
    return new MessagingError('InvalidTarget', `${this.contract.topic}.${method} is not a ${kind} of this contract`);
  }
}
