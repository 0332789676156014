import { BrokerProcess } from './internal/broker-process.js';
import type { Broker } from './internal/broker-process.js';
import { findBroker } from './internal/find-broker.js';

export type { Broker } from './internal/broker-process.js';

export interface BrokerOptions {
  /** A broker that the test may kill: never the one of ALBIREO_TEST_AMQP_URL. @default false */
  readonly own?: boolean;
}

/**
 * Starts a RabbitMQ of the test's own on free ports and in a directory of its own; or takes the one of
 * ALBIREO_TEST_AMQP_URL, where tests keep apart by names of exchanges. The caller stops it.
 */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  const url = process.env['ALBIREO_TEST_AMQP_URL'];
  if (options.own !== true && url !== undefined && url !== '') return givenBroker(url);
  const broker = new BrokerProcess(await findBroker());
  await broker.start();
  return broker;
}

/**
 * One broker for many test files: the runner awaits it once and gives `environment` to the files' processes, whose
 * startBroker() then finds it.
 */
export async function sharedBroker(): Promise<{ environment: Record<string, string>; stop(): Promise<void> }> {
  const broker = await startBroker();
  return { environment: { ALBIREO_TEST_AMQP_URL: broker.url }, stop: () => broker.stop() };
}

function givenBroker(url: string): Broker {
  const refuse = async (): Promise<never> => {
    throw new Error('the broker of ALBIREO_TEST_AMQP_URL is not ours: start one with startBroker({ own: true })');
  };
  const port = Number(new URL(url.replace(/^rabbit:/, 'amqp:')).port || 5672);
  const stop = async (): Promise<void> => undefined;
  return {
    url: url.replace(/^amqp:/, 'rabbit:'),
    isPrivate: false,
    port,
    pid: undefined,
    ctl: refuse,
    stop,
    kill9: refuse,
    restart: refuse,
  };
}
