import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PublishGate } from './publish-gate.js';

describe('PublishGate', () => {
  it('lets in as many as there is room for, the others in their order', async () => {
    const gate = new PublishGate(2);
    assert.equal(gate.enter(1_000), null);
    assert.equal(gate.enter(1_000), null);
    const order: number[] = [];
    const waiting = [1, 2].map((number) => gate.enter(1_000)?.then(() => order.push(number)));
    gate.leave();
    await waiting[0];
    assert.deepEqual(order, [1]);
    gate.leave();
    await waiting[1];
    assert.deepEqual(order, [1, 2]);
    gate.leave();
    gate.leave();
    assert.equal(gate.enter(1_000), null);
  });

  it('does not keep anybody longer than asked, and gives the place to the next', async () => {
    const gate = new PublishGate(1);
    gate.enter(1_000);
    await assert.rejects(gate.enter(1) ?? Promise.resolve(), { code: 'BrokerUnavailable' });
    const next = gate.enter(1_000);
    gate.leave();
    await next;
  });
});
