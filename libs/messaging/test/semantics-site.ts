import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { createContext } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import { MessagingError, RpcClient } from '../src/index.js';
import type {
  MessagingErrorCode,
  MessagingObserver,
  MessagingSettings,
  RpcServerOptions,
  Transport,
} from '../src/index.js';
import { coreOf } from '../src/transport/transport-core.js';
import { starsContract } from './stars-contract.js';
import type { StarsContract } from './stars-contract.js';
import { StarsServer } from './stars-server.js';

export interface Bus {
  open(settings: Partial<MessagingSettings>, observer?: MessagingObserver): Promise<Transport>;
  close(): Promise<void>;
}

const fast: Partial<MessagingSettings> = {
  responseTimeoutMs: 5_000,
  retryDelayMs: 10,
  maxRetryDelayMs: 20,
  workerGraceMs: 300,
  maxMessageBytes: 1_000_000,
};

export async function rejectsWith(promise: Promise<unknown>, code: MessagingErrorCode): Promise<MessagingError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof MessagingError, `expected a MessagingError, got ${String(error)}`);
    assert.equal(error.code, code, error.message);
    return error;
  }
  throw assert.fail(`expected ${code}`);
}

let sequence = 0;

/** The environment of one driver's tests: each has its own exchange. */
export interface SemanticsSite {
  readonly context: RequestContext;
  /** The exchange of the last pair. */
  readonly exchange: string;
  readonly open: (settings?: Partial<MessagingSettings>, observer?: MessagingObserver) => Promise<Transport>;
  readonly pair: (
    options?: Partial<RpcServerOptions>,
    settings?: Partial<MessagingSettings>,
  ) => Promise<{ client: RpcClient<StarsContract>; star: StarsServer; transport: Transport }>;
  readonly serve: (transport: Transport, host: string, options?: Partial<RpcServerOptions>) => Promise<StarsServer>;
  /** How many messages were parked. */
  readonly parked: (transport: Transport) => Promise<number>;
}

/**
 * Opens the bus for the tests of the `describe` in which it is called, and closes the transports that they leave open.
 */
export function semanticsSite(openBus: () => Promise<Bus>): SemanticsSite {
  let bus: Bus;
  let exchange = '';
  let cleanups: (() => Promise<void>)[] = [];
  const context = createContext({ user_id: 'u1', project_id: 'p1' });

  before(async () => {
    bus = await openBus();
  });
  after(() => bus.close());
  afterEach(async () => {
    for (const cleanup of cleanups.toReversed()) await cleanup();
    cleanups = [];
  });

  async function open(settings: Partial<MessagingSettings> = {}, observer?: MessagingObserver): Promise<Transport> {
    const transport = await bus.open({ ...fast, controlExchange: exchange, ...settings }, observer);
    cleanups.push(() => transport.stop());
    return transport;
  }

  async function pair(
    options: Partial<RpcServerOptions> = {},
    settings: Partial<MessagingSettings> = {},
  ): Promise<{ client: RpcClient<StarsContract>; star: StarsServer; transport: Transport }> {
    exchange = `x${process.pid}_${(sequence += 1)}`;
    const transport = await open(settings);
    const star = await serve(transport, 'a', options);
    const clientTransport = await open(settings);
    return { client: new RpcClient(clientTransport, starsContract), star, transport };
  }

  async function serve(transport: Transport, host: string, options: Partial<RpcServerOptions> = {}) {
    const star = new StarsServer(transport, host, options);
    await star.server.start();
    cleanups.push(() => star.server.stop(2_000));
    return star;
  }

  async function parked(transport: Transport): Promise<number> {
    const found = await coreOf(transport).driver.inspectQueue(`${exchange}.stars.parked`);
    return found?.messages ?? 0;
  }

  return {
    context,
    open,
    pair,
    serve,
    parked,
    get exchange() {
      return exchange;
    },
  };
}
