import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { createContext } from '#libs/telemetry';
import { NotificationListener, Notifier } from '../src/index.js';
import type { NotificationListenerOptions, ReceivedNotification, Transport } from '../src/index.js';
import { coreOf } from '../src/transport/transport-core.js';
import type { Bus } from './semantics-site.js';

const context = createContext({ user_id: 'u1', project_id: 'p1', private_thing: 'x' });
let sequence = 0;

class Heard {
  readonly list: ReceivedNotification[] = [];
  readonly #events = new EventEmitter();

  add(notification: ReceivedNotification): void {
    this.list.push(notification);
    this.#events.emit('heard');
  }

  async types(count: number): Promise<string[]> {
    while (this.list.length < count) await once(this.#events, 'heard');
    return this.list.map((each) => each.eventType);
  }
}

/** The common behaviour of notifications in both drivers. */
export function describeNotifications(name: string, openBus: () => Promise<Bus>): void {
  describe(`notifications over the ${name} driver`, () => {
    let bus: Bus;
    let transport: Transport;
    let topic: string;
    let notifier: Notifier;
    const listeners: NotificationListener[] = [];

    before(async () => {
      bus = await openBus();
    });
    after(() => bus.close());
    beforeEach(async () => {
      topic = `events_${process.pid}_${(sequence += 1)}`;
      transport = await bus.open({ controlExchange: `n${process.pid}` });
      notifier = new Notifier(transport, { publisherId: 'compute.host1', topics: [topic] });
    });
    afterEach(async () => {
      for (const listener of listeners.splice(0)) await listener.stop(1_000);
      await transport.stop();
    });

    async function listen(
      endpoint: NotificationListenerOptions['endpoints'][number],
      options: Partial<NotificationListenerOptions> = {},
    ): Promise<NotificationListener> {
      const listener = new NotificationListener(transport, { targets: [{ topic }], endpoints: [endpoint], ...options });
      listeners.push(listener);
      await listener.start();
      return listener;
    }

    const waiting = async (queue: string): Promise<number> =>
      (await coreOf(transport).driver.inspectQueue(queue))?.messages ?? 0;

    it('waits in its queue for the first listener', async () => {
      await notifier.info(context, 'instance.create.start', { size: 3 });
      assert.equal(await waiting(`${topic}.info`), 1);
      const heard = new Heard();
      await listen({ info: async (notification) => heard.add(notification) });
      await heard.types(1);
      const [first] = heard.list;
      assert.deepEqual(
        [first?.publisherId, first?.eventType, first?.priority, first?.payload],
        ['compute.host1', 'instance.create.start', 'info', { size: 3 }],
      );
      assert.match(first?.metadata.timestamp ?? '', /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
      assert.match(first?.metadata.message_id ?? '', /^[0-9a-f-]{36}$/);
      assert.deepEqual([first?.context.user_id, first?.context['private_thing']], ['u1', undefined]);
    });

    it('takes both formats, and only the priorities that it has functions for', async () => {
      const heard = new Heard();
      await listen({ error: async (notification) => heard.add(notification) });
      const old = new Notifier(transport, { publisherId: 'x.y', topics: [topic], drivers: ['messaging'] });
      await notifier.warn(context, 'ignored', {});
      await old.error(context, 'old', {});
      await notifier.prepare({ publisherId: 'z' }).error(context, 'new', {});
      assert.deepEqual(await heard.types(2), ['old', 'new']);
      assert.equal(heard.list[1]?.publisherId, 'z');
      assert.equal(await waiting(`${topic}.warn`), 1);
    });

    it('is given back on request and after an exception, and acknowledged after it ran', async () => {
      const heard = new Heard();
      await listen(
        {
          info: async (notification) => {
            heard.add(notification);
            if (heard.list.length === 1) return 'requeue';
            if (heard.list.length === 2) throw new Error('not yet');
            return 'handled';
          },
        },
        { allowRequeue: true, requeueDelayMs: 5 },
      );
      await notifier.info(context, 'again', {});
      assert.deepEqual(await heard.types(3), ['again', 'again', 'again']);
      await listeners[0]?.stop();
      assert.equal(await waiting(`${topic}.info`), 0);
    });

    it('goes to each pool once', async () => {
      const pools = [new Heard(), new Heard()];
      for (const [index, heard] of pools.entries()) {
        const endpoint = { info: async (notification: ReceivedNotification) => heard.add(notification) };
        await listen(endpoint, { pool: `${topic}_pool${index}` });
        await listen(endpoint, { pool: `${topic}_pool${index}` });
      }
      for (const type of ['a', 'b', 'c']) await notifier.info(context, type, {});
      for (const heard of pools) assert.deepEqual((await heard.types(3)).toSorted(), ['a', 'b', 'c']);
    });

    it('reaches only the endpoints whose filter fits', async () => {
      const heard = new Heard();
      await listen({
        filter: { eventType: /^instance\./, payload: { state: /^active$/ } },
        info: async (notification) => heard.add(notification),
      });
      await notifier.info(context, 'image.update', { state: 'active' });
      await notifier.info(context, 'instance.update', { state: 'error' });
      await notifier.info(context, 'instance.update', { other: 1 });
      await notifier.info(context, 'instance.end', { state: 'active' });
      assert.deepEqual(await heard.types(1), ['instance.end']);
    });

    it('is written to the log, or nowhere, as its driver says', async () => {
      const lines: string[] = [];
      const options = { publisherId: 'x', topics: [topic], drivers: ['log', 'noop'] } as const;
      await new Notifier(transport, { ...options, log: (line) => lines.push(line) }).critical(context, 'fire', {
        a: 1,
      });
      assert.equal(JSON.parse(lines[0] ?? '{}').event_type, 'fire');
      await coreOf(transport).driver.whenReady(5_000);
      assert.equal(await waiting(`${topic}.critical`), 0);
    });
  });
}
