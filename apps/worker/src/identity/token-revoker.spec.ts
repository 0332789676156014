import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createTransport } from '#libs/messaging';
import type { OutgoingMessage, Transport } from '#libs/messaging';
import { createContext } from '#libs/telemetry';
import { openMemoryStore } from '../testing/memory-store.js';
import type { Store } from '../store/index.js';
import { currentRevocations, TokenRevoker } from './revocations.js';

describe('the revocation of a token', () => {
  let store: Store;
  let transport: Transport;
  before(async () => {
    store = await openMemoryStore();
    transport = await createTransport({ url: 'memory://token-revoker' });
  });
  after(() => store.close());

  const revocation = { audit_id: 'a', expires_at: new Date(Date.now() + 3_600_000).toISOString() };

  it('is stored together with the fanout that tells the gateways', async () => {
    const sent: OutgoingMessage[] = [];
    const outbox = { add: async (_tx: unknown, message: OutgoingMessage) => void sent.push(message) };
    await new TokenRevoker(store, outbox, transport).revoke(createContext({ user_id: 'u' }), revocation);
    assert.equal((await currentRevocations(store.db)).length, 1);
    assert.deepEqual(
      sent.map((message) => [message.fanout, message.body.includes('token_revoked')]),
      [[true, true]],
    );
  });

  it('is stored not at all when the cast cannot be', async () => {
    const outbox = { add: () => Promise.reject(new Error('no')) };
    const revoking = new TokenRevoker(store, outbox, transport).revoke(createContext(), {
      ...revocation,
      audit_id: 'b',
    });
    await assert.rejects(revoking, /no/);
    assert.deepEqual(
      (await currentRevocations(store.db)).map((each) => each.audit_id),
      ['a'],
    );
  });
});
