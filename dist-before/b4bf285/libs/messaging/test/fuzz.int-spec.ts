import { describe, it } from 'node:test';
import { startBroker } from '#testing/broker';
import { runFuzz } from './fuzz/fuzz.js';

describe('fuzz', () => {
  it('survives 5,000 hostile messages, counts each, and loses no good one', { timeout: 120_000 }, async () => {
    const broker = await startBroker();
    try {
      console.log(`# ${JSON.stringify(await runFuzz(broker.url, 5_000, 42, 20 * 2 ** 20))}`);
    } finally {
      await broker.stop();
    }
  });
});
