import { createContext } from '#libs/telemetry';
import { presenceNamespace } from '../server/built-in-endpoints.js';
import type { CallingBus } from '../transport/bus.js';
import { deadlineHeader, exchangeHeader, writeDeadline } from '../timing/deadline.js';
import type { Frame } from '../drivers/driver.js';
import { encodeRequest } from '../wire/envelope.js';
import { within } from '../timing/within.js';

/** A question in the namespace `albireo.presence` to all servers of a topic. */
export interface Question {
  readonly exchange: string;
  readonly topic: string;
  readonly method: string;
  readonly version: string;
  readonly args: (replyQueue: string) => object | null;
}

export interface Survey<T> {
  /** The answers of the servers that understood the question. */
  readonly answers: readonly T[];
  /** How many servers did not understand the question. */
  readonly refused: number;
  /** Every server that consumes from the topic has answered. */
  readonly complete: boolean;
}

/** How long the servers have to answer. */
export const answerMs = 1_000;

/**
 * Asks all servers of a topic with one fanout; each of them answers into this process's reply queue. `read` returns
 * undefined for a reply that is not an answer, such as that of a server that does not know the question. If there is no
 * server, nothing is sent: no answers, not complete. Rejects with BrokerUnavailable.
 */
export async function askServers<T>(
  core: CallingBus,
  question: Question,
  read: (result: unknown) => T | undefined,
): Promise<Survey<T>> {
  const { driver, topology, calls, ids } = core;
  await driver.whenReady(answerMs);
  const replyQueue = await calls.replyQueue(answerMs);
  const queue = topology.queueName(question.exchange, topology.routingKey(question.topic));
  const servers = (await within(answerMs, driver.inspectQueue(queue)))?.consumers ?? 0;
  if (servers === 0) return { answers: [], refused: 0, complete: false };
  const msgId = ids.next();
  const answers: T[] = [];
  let refused = 0;
  let enough: () => void = () => undefined;
  const all = new Promise<void>((resolve) => (enough = resolve));
  const timer = setTimeout(enough, answerMs);
  const stopCollecting = calls.collect(msgId, (reply) => {
    if (!reply.ending) return;
    const answer = reply.failure === null ? read(reply.result) : undefined;
    if (answer === undefined) refused += 1;
    else answers.push(answer);
    if (answers.length + refused >= servers) enough();
  });
  try {
    await driver.publish(frameOf(core, question, msgId, replyQueue), answerMs);
    await all;
  } finally {
    clearTimeout(timer);
    stopCollecting();
  }
  return { answers, refused, complete: answers.length >= servers };
}

function frameOf(core: CallingBus, question: Question, msgId: string, replyQueue: string): Frame {
  const body = encodeRequest({
    method: question.method,
    args: question.args(replyQueue),
    namespace: presenceNamespace,
    version: question.version,
    uniqueId: msgId,
    context: createContext(),
    call: { msgId, replyQueue, monitorSeconds: null },
  });
  return {
    exchange: core.topology.fanoutExchange(question.topic),
    exchangeType: 'fanout',
    routingKey: '',
    body,
    headers: { [exchangeHeader]: question.exchange, [deadlineHeader]: writeDeadline(answerMs) },
    messageId: msgId,
    expirationMs: answerMs,
    mandatory: false,
    persistent: false,
  };
}
