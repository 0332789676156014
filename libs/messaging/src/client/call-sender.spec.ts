import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createContext } from '#libs/telemetry';
import type { ConsumerOptions, Driver, Frame, Inbound, QueueSpec } from '../drivers/driver.js';
import type { CallingBus } from '../transport/bus.js';
import { IdSource } from '../transport/ids.js';
import { defaultSettings } from '../transport/messaging-settings.js';
import { Topology } from '../transport/topology.js';
import { encodeReply } from '../wire/envelope.js';
import { CallSender } from './call-sender.js';

interface Consumer {
  readonly queue: QueueSpec & { name: string };
  readonly options: ConsumerOptions;
  receive(body: string): void;
}

/** A sender on a stub broker that stores messages and answers nothing by itself. */
function senderOnBroker() {
  const sent: Frame[] = [];
  const consumers: Consumer[] = [];
  const driver: Partial<{ -readonly [K in keyof Driver]: Driver[K] }> = {
    ready: true,
    generation: 1,
    state: { everConnected: true } as Driver['state'],
    whenReady: async () => undefined,
    knowsExchange: () => true,
    inspectQueue: async () => ({ consumers: 1, messages: 0 }),
    send: (frame: Frame) => sent.push(frame) > 0,
    consume(options, onMessage) {
      const [queue] = options.queues;
      assert.ok(queue !== undefined);
      const receive = (body: string): void => {
        const bytes = Buffer.from(body);
        onMessage({ queue, body: bytes, headers: {} } as unknown as Inbound);
      };
      consumers.push({ queue, options, receive });
      return { started: Promise.resolve(), consuming: true, close: async () => undefined } as ReturnType<
        Driver['consume']
      >;
    },
  };
  const bus: Omit<CallingBus, 'calls'> = {
    driver: driver as Driver,
    settings: defaultSettings,
    observer: {},
    ids: new IdSource(),
    topology: new Topology(defaultSettings),
    checkSize: () => undefined,
    reportConsumer: () => () => undefined,
    changed: () => undefined,
  };
  const sender = new CallSender(bus as CallingBus);
  const call = (idempotent: boolean): Promise<unknown> =>
    sender.call({
      exchange: 'nova',
      topic: 'stars',
      server: undefined,
      namespace: null,
      version: '1.0',
      method: 'echo',
      args: { text: 'x' },
      context: createContext(),
      timeoutMs: 5_000,
      idempotent,
      monitorSeconds: null,
    });
  const reconnect = (): void => {
    driver.generation = 2;
    sender.connectionChanged();
  };
  return { sender, sent, consumers, call, reconnect };
}

/** The reply queue and message id of a request. */
function askedBy(frame: Frame | undefined): { readonly _reply_q: string; readonly _msg_id: string } {
  const { 'oslo.message': inner } = JSON.parse(String(frame?.body)) as { 'oslo.message': string };
  return JSON.parse(inner) as { _reply_q: string; _msg_id: string };
}

describe('a call whose reply queue has got another name, since its node is away', () => {
  const nextFrame = async (sent: readonly Frame[], count: number): Promise<void> => {
    while (sent.length < count) await new Promise((resolve) => setImmediate(resolve));
  };
  const move = ({ queue, options }: Consumer): void => {
    queue.name = `${queue.name}_moved`;
    options.onChange?.(true);
  };

  it('is sent again with the new name where it is a read, and answered there', async () => {
    const { sender, sent, consumers, call, reconnect } = senderOnBroker();
    const answer = call(true);
    await nextFrame(sent, 1);
    const before = askedBy(sent[0]);
    const reads = consumers.find(({ queue }) => queue.name === before._reply_q);
    assert.ok(reads !== undefined);
    move(reads);
    await nextFrame(sent, 2);
    const after = askedBy(sent[1]);
    assert.deepEqual([after._reply_q, after._msg_id], [reads.queue.name, before._msg_id]);
    reads.options.onChange?.(true);
    assert.equal(sent.length, 2);
    // The same when it is sent again for another reason.
    reconnect();
    await nextFrame(sent, 3);
    assert.equal(askedBy(sent[2])._reply_q, reads.queue.name);
    const reply = { result: 'y', failure: null, ending: true, msgId: after._msg_id, uniqueId: 'u' };
    reads.receive(encodeReply(reply, 'sealed'));
    assert.equal(await answer, 'y');
    await sender.stop();
  });

  it('ends as unknown where it is a change', async () => {
    const { sender, sent, consumers, call } = senderOnBroker();
    const answer = call(false);
    await nextFrame(sent, 1);
    const changes = consumers.find(({ queue }) => queue.name === askedBy(sent[0])._reply_q);
    assert.ok(changes !== undefined);
    changes.options.onChange?.(true);
    move(changes);
    await assert.rejects(answer, { code: 'OutcomeUnknown' });
    assert.equal(sent.length, 1);
    await sender.stop();
  });
});
