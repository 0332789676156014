import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openEmbedded } from './open-embedded.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heapBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

const LETTERS = 100_000;

describe('the embedded database behind pg', () => {
  it('keeps no answer once it was given', { timeout: 120_000 }, async () => {
    const database = await openEmbedded(null, () => undefined);
    try {
      const connection = await database.pool.connect();
      const ask = async (times: number): Promise<void> => {
        for (let time = 0; time < times; time += 1) {
          await connection.query('select repeat($1, $2::integer) as text', ['é', LETTERS]);
        }
      };
      await ask(20);
      const before = heapBytes();
      await ask(200);
      const grown = heapBytes() - before;
      connection.release();
      assert.ok(grown < 50 * LETTERS, `200 answers of ${LETTERS} letters left ${grown} bytes in the heap`);
    } finally {
      await database.close();
    }
  });
});
