import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DatabaseUnavailable } from '../database.errors.js';
import { Reachability } from './reachability.js';

describe('Reachability', () => {
  it('lets requests wait for a database that comes back in time', async () => {
    const changes: (string | null)[] = [];
    const reachability: Reachability = new Reachability(60_000, () => changes.push(reachability.reason));
    await reachability.whenReachable();
    reachability.failed(new Error('refused'), performance.now());
    const waiting = Promise.all([reachability.whenReachable(), reachability.whenReachable()]);
    reachability.succeeded();
    await waiting;
    assert.deepEqual(changes, ['refused', null]);
  });

  it('refuses all at once when the outage is older than requests wait', async () => {
    const reachability = new Reachability(1_000, () => undefined);
    reachability.failed(new Error('no answer'), performance.now() - 1_000);
    for (let request = 0; request < 2; request += 1) {
      await assert.rejects(reachability.whenReachable(), DatabaseUnavailable);
    }
    reachability.succeeded();
    await reachability.whenReachable();
  });

  it('refuses at once what will not get better by waiting', async () => {
    const reachability = new Reachability(60_000, () => undefined);
    reachability.failed(Object.assign(new Error('password'), { code: '28P01' }), performance.now());
    await assert.rejects(reachability.whenReachable(), /password/);
    reachability.succeeded();
  });

  it('tells the last reason', () => {
    const reachability = new Reachability(60_000, () => undefined);
    reachability.failed(new Error('refused'), performance.now());
    reachability.failed(new Error('starting up'), performance.now());
    assert.equal(reachability.reason, 'starting up');
    reachability.succeeded();
    assert.equal(reachability.reason, null);
  });
});
