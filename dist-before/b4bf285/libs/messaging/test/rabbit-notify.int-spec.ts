import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createContext } from '#libs/telemetry';
import { startBroker } from '#testing/broker';
import type { Broker } from '#testing/broker';
import { missingPythonModules } from '#testing/peers';
import { createTransport, NotificationListener, Notifier } from '../src/index.js';
import type { ReceivedNotification, Transport } from '../src/index.js';
import { describeNotifications } from './notify-semantics.js';
import { PythonPeer } from './python-peer.js';
import { queueKind } from './queue-kind.js';

describeNotifications('rabbit', async () => {
  const broker = await startBroker();
  return {
    open: (settings, observer = {}) => createTransport({ url: broker.url, observer, ...settings }),
    close: () => broker.stop(),
  };
});

describe('notifications with the real oslo.messaging', { skip: missingPythonModules('oslo_messaging') }, () => {
  let broker: Broker;
  let transport: Transport;
  const exchange = `interop_notify_${process.pid}`;

  before(async () => {
    broker = await startBroker();
    transport = await createTransport({ ...queueKind(), url: broker.url, controlExchange: exchange });
  });
  after(async () => {
    await transport.stop();
    await broker.stop();
  });

  for (const drivers of [['messagingv2'], ['messaging']] as const) {
    it(`of ours are heard by Python (${drivers[0]})`, async (test) => {
      const topic = `to_python_${drivers[0]}_${process.pid}`;
      const notifier = new Notifier(transport, { publisherId: 'compute.ts1', topics: [topic], drivers });
      const context = createContext({ user_id: 'u1', secret: 'x' });
      await notifier.info(context, 'before.the.listener', { 'a"\\': [1, null, 'é ✨'] });
      const peer = new PythonPeer('listen', broker.url, exchange, topic);
      test.after(() => peer.stop());
      assert.deepEqual(await peer.next(), { ready: 'listener' });
      const common = {
        user_id: 'u1',
        secret: null,
        publisher_id: 'compute.ts1',
        metadata: ['message_id', 'timestamp'],
      };
      assert.deepEqual(await peer.next(), {
        ...common,
        priority: 'info',
        event_type: 'before.the.listener',
        payload: { 'a"\\': [1, null, 'é ✨'] },
      });
      await notifier.error(context, 'requeue', 7);
      assert.deepEqual(await peer.next(), { ...common, priority: 'error', event_type: 'requeue', payload: 7 });
    });

    it(`of Python are heard by us (${drivers[0]})`, async (test) => {
      const topic = `from_python_${drivers[0]}_${process.pid}`;
      const peer = new PythonPeer('notify', broker.url, exchange, topic, drivers[0]);
      test.after(() => peer.stop());
      await peer.next();
      await peer.run({ priority: 'info', event_type: 'early', payload: { a: 1 } });
      const heard: ReceivedNotification[] = [];
      let bell: () => void = () => undefined;
      const both = new Promise<void>((resolve) => (bell = resolve));
      const hear = async (notification: ReceivedNotification): Promise<void> => {
        heard.push(notification);
        if (heard.length === 2) bell();
      };
      const endpoints = [{ info: hear, sample: hear }];
      const listener = new NotificationListener(transport, { targets: [{ topic }], endpoints });
      test.after(() => listener.stop());
      await listener.start();
      await peer.run({ priority: 'sample', event_type: 'late', payload: 'é' });
      await both;
      assert.deepEqual(
        heard.map(({ eventType, priority, payload, publisherId }) => [eventType, priority, payload, publisherId]),
        [
          ['early', 'info', { a: 1 }, 'peer.py1'],
          ['late', 'sample', 'é', 'peer.py1'],
        ],
      );
      assert.deepEqual([heard[0]?.context.user_id, heard[0]?.context['auth_token']], ['u1', undefined]);
    });
  }
});
