import { randomUUID } from 'node:crypto';
import { connect } from 'amqplib';
import { exchange, topic } from './candidate.js';
import type { Candidate } from './candidate.js';

const queue = 'bench_bare';
const context = {
  _context_user_id: 'u'.repeat(32),
  _context_project_id: 'p'.repeat(32),
  _context_request_id: `req-${randomUUID()}`,
  _context_roles: [],
  _context_is_admin: false,
};

function seal(message: object): Buffer {
  return Buffer.from(JSON.stringify({ 'oslo.version': '2.0', 'oslo.message': JSON.stringify(message) }));
}

function unseal(content: Buffer): Record<string, unknown> {
  const outer = JSON.parse(content.toString()) as { 'oslo.message': string };
  return JSON.parse(outer['oslo.message']) as Record<string, unknown>;
}

const common = { contentType: 'application/json', contentEncoding: 'utf-8', mandatory: true };

/** What one would write by hand on amqplib's API, in oslo.messaging's shape. */
export const bare: Candidate = {
  async serve(url) {
    const model = await connect(url.replace('rabbit:', 'amqp:'), { noDelay: true });
    const channel = await model.createChannel();
    await channel.assertExchange(exchange, 'topic', { durable: false });
    await channel.assertQueue(queue, { durable: true });
    await channel.bindQueue(queue, exchange, queue);
    await channel.prefetch(256);
    await channel.consume(queue, (message) => {
      if (message === null) return;
      channel.ack(message);
      const request = unseal(message.content);
      if (request['_msg_id'] === undefined) return;
      const reply = { result: request['args'], failure: null, ending: true, _msg_id: request['_msg_id'] };
      channel.publish('', String(request['_reply_q']), seal({ ...reply, _unique_id: randomUUID() }), common);
    });
    return () => model.close();
  },
  async connect(url) {
    const model = await connect(url.replace('rabbit:', 'amqp:'), { noDelay: true });
    const channel = await model.createChannel();
    const confirmed = await model.createConfirmChannel();
    const pending = new Map<unknown, { resolve(value: unknown): void; timer: NodeJS.Timeout }>();
    const { queue: replies } = await channel.assertQueue(`${topic}_reply_${randomUUID()}`, { expires: 60_000 });
    await channel.consume(replies, (message) => {
      if (message === null) return;
      channel.ack(message);
      const reply = unseal(message.content);
      const call = pending.get(reply['_msg_id']);
      pending.delete(reply['_msg_id']);
      clearTimeout(call?.timer);
      call?.resolve(reply['result']);
    });
    return {
      call: (payload) =>
        new Promise((resolve, reject) => {
          const id = randomUUID().replaceAll('-', '');
          const timer = setTimeout(() => reject(new Error('timeout')), 60_000);
          pending.set(id, { resolve, timer });
          const message = { method: 'echo', args: { payload }, version: '1.0', _msg_id: id, _reply_q: replies };
          const body = seal({ ...message, _timeout: null, _unique_id: randomUUID().replaceAll('-', ''), ...context });
          const headers = { deadline: `60000@${Date.now() + 60_000}` };
          channel.publish(exchange, queue, body, { ...common, expiration: '60000', headers, deliveryMode: 1 });
        }),
      cast: (payload) =>
        new Promise((resolve, reject) => {
          const message = { method: 'note', args: { payload }, version: '1.0' };
          const body = seal({ ...message, _unique_id: randomUUID().replaceAll('-', ''), ...context });
          const options = { ...common, deliveryMode: 2 };
          confirmed.publish(exchange, queue, body, options, (error) => (error === null ? resolve() : reject(error)));
        }),
      close: () => model.close(),
    };
  },
};
