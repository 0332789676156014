import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EventLog } from './event-log.js';

describe('the log of events', () => {
  it('gives what came after a number, waits for the next, and keeps the latest thousand', async () => {
    const log = new EventLog();
    assert.deepEqual(await log.next(0, 1), []);
    const waiting = log.next(0, 60_000);
    log.add({ kind: 'call', what: 'conductor.server_get' });
    const [first] = await waiting;
    assert.equal(first?.what, 'conductor.server_get');
    assert.equal(first.number, 1);
    for (let at = 0; at < 2_500; at += 1) log.add({ kind: 'cast', what: String(at) });
    assert.equal(log.after(2_500).length, 1);
    const all = log.after(0);
    assert.equal(all.length, 1_000);
    assert.equal(all.at(-1)?.number, 2_501);
    assert.equal(all[0]?.number, 1_502);
  });
});
