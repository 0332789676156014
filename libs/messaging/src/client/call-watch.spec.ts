import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Driver, Frame } from '../drivers/driver.js';
import type { CallingBus } from '../transport/bus.js';
import { IdSource } from '../transport/ids.js';
import { defaultSettings } from '../transport/messaging-settings.js';
import { Topology } from '../transport/topology.js';
import type { IncomingReply } from '../wire/envelope.js';
import { CallWatch, firstPatience } from './call-watch.js';
import type { PendingCall } from './pending-calls.js';
import { PendingCalls } from './pending-calls.js';
import { WorkerCounts } from './worker-counts.js';

const TIMEOUT_MS = 60_000;

/** One of two servers answers each survey, without any call; the queue counts a third one whose node is down. */
function watchOverLostCalls() {
  let take: (reply: IncomingReply) => void = () => undefined;
  const nothing = { result: [], failure: null, ending: true } as unknown as IncomingReply;
  const inspectQueue = async () => ({ consumers: 2, messages: 0 });
  const core = {
    driver: {
      doubt: () => undefined,
      whenReady: async () => undefined,
      inspectQueue,
      publish: async () => {
        take(nothing);
        return 'routed';
      },
    } as unknown as Driver,
    settings: defaultSettings,
    observer: {},
    ids: new IdSource(),
    topology: new Topology(defaultSettings),
    calls: {
      call: async () => null,
      replyQueue: async () => 'replies',
      collect: (_msgId: string, collector: (reply: IncomingReply) => void) => {
        take = collector;
        return () => undefined;
      },
    },
  } as unknown as CallingBus;
  const pending = new PendingCalls(core.observer);
  const workers = new WorkerCounts({ inspectQueue }, defaultSettings.workerGraceMs);
  const watch = new CallWatch(core, pending, workers, async () => undefined);
  const lost = (msgId: string, connectionLost: boolean): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const call = {
        msgId,
        topic: 'stars',
        method: 'change',
        server: undefined,
        queue: 'stars',
        frame: { exchange: 'nova' } as Frame,
        timeoutMs: TIMEOUT_MS,
        startedAt: performance.now(),
        idempotent: false,
        connectionLost,
        surveyed: true,
        missed: 0,
        patience: firstPatience,
        heard: 0,
        heardAt: 0,
        partial: null,
        monitor: null,
        slot: 0,
        expire: () => undefined,
        resolve,
        reject,
      } as unknown as PendingCall;
      pending.add(call, TIMEOUT_MS);
      watch.start();
    });
  return { watch, pending, lost };
}

describe('a change that no server has, where one that is counted does not answer', () => {
  it('ends as unknown within seconds when its connection was lost; else a silent server may be at work on it', async () => {
    const { watch, pending, lost } = watchOverLostCalls();
    const kept = lost('kept', false);
    kept.catch(() => undefined);
    await assert.rejects(lost('lost', true), { code: 'OutcomeUnknown' });
    assert.deepEqual(
      [...pending.values()].map(({ msgId, missed }) => [msgId, missed]),
      [['kept', 0]],
    );
    watch.stop();
    pending.failAll(() => new Error('the end'));
  });
});
