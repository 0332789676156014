import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Channel } from 'amqplib';
import { defaultRabbitSettings } from '../../transport/rabbit-settings.js';
import type { QueueSpec } from '../driver.js';
import { Declarer } from './declarer.js';
import { QueueFlags } from './queue-flags.js';

const flags = new QueueFlags(defaultRabbitSettings, { queueNaming: 'exchange' });
/** A broker that refuses everything with 404. */
const refusing = (text: string): Pick<Channel, 'assertQueue' | 'checkQueue'> => {
  const error = Object.assign(new Error(`Operation failed: QueueDeclare; 404 (NOT-FOUND) with message "${text}"`), {
    code: 404,
  });
  const refuse = () => Promise.reject(error);
  return { assertQueue: refuse, checkQueue: refuse };
};
const AWAY = "NOT_FOUND - home node 'rabbit@one' of durable queue 'q' in vhost '/' is down or inaccessible";

describe('a queue whose node of the cluster is away', () => {
  const nameAfter = async (kind: QueueSpec['kind'], name: string, text: string): Promise<string> => {
    const spec: QueueSpec = { name, kind, bindings: [] };
    await assert.rejects(new Declarer(flags, {}).queue(refusing(text), spec), { code: 404 });
    return spec.name;
  };
  const id = 'a'.repeat(32);

  it('gets another name where it is of one process', async () => {
    const renamed = await nameAfter('reply', `albireo.reply_${id}`, AWAY);
    assert.match(renamed, /^albireo\.reply_[0-9a-f]{32}$/);
    assert.notEqual(renamed, `albireo.reply_${id}`);
    assert.match(
      await nameAfter('fanout', `albireo.compute_fanout_${id}`, AWAY),
      /^albireo\.compute_fanout_[0-9a-f]{32}$/,
    );
    assert.match(
      await nameAfter('process', 'albireo.gateway.host-12-ab', AWAY),
      /^albireo\.gateway\.host-12-ab_[0-9a-f]{32}$/,
    );
  });

  it('keeps the name that others know, and the one that is refused for another reason', async () => {
    assert.equal(await nameAfter('topic', 'albireo.compute', AWAY), 'albireo.compute');
    assert.equal(await nameAfter('reply', 'albireo.reply', 'NOT_FOUND - no vhost'), 'albireo.reply');
  });
});
