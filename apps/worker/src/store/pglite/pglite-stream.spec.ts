import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { PGlite } from '@electric-sql/pglite';
import { connectEmbedded } from './pglite-stream.js';
import { exchangeWith } from './raw-exchange.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heapBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

const LETTERS = 100_000;

describe('the embedded database behind pg', () => {
  it('keeps no answer once it was given', { timeout: 120_000 }, async () => {
    // In this thread, whose heap is looked at.
    const database = await PGlite.create();
    try {
      const client = await connectEmbedded(exchangeWith(database));
      const ask = async (times: number): Promise<void> => {
        for (let time = 0; time < times; time += 1) {
          await client.query('select repeat($1, $2::integer) as text', ['é', LETTERS]);
        }
      };
      await ask(20);
      const before = heapBytes();
      await ask(200);
      const grown = heapBytes() - before;
      await client.end();
      assert.ok(grown < 50 * LETTERS, `200 answers of ${LETTERS} letters left ${grown} bytes in the heap`);
    } finally {
      await database.close();
    }
  });
});
