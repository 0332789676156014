import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { playSamples } from '../samples/apis.js';
import { judged } from '../samples/known-differences.js';

const samples = process.env['ALBIREO_TEST_API_SAMPLES'] ?? '';
const skip = existsSync(samples)
  ? false
  : 'no API samples: tools/fetch-api-samples.sh DIR, ALBIREO_TEST_API_SAMPLES=DIR';
if (skip !== false && process.env['ALBIREO_REQUIRE_PEERS'] === '1') throw new Error(skip);

describe("the originals' API samples", { skip }, () => {
  it('are taken, and answered with the same keys and types but for the known differences', async () => {
    for (const outcome of await playSamples(samples, [], true)) {
      const { added, gone } = judged(outcome);
      assert.deepEqual(added, [], outcome.name);
      // What is mended leaves the list: node dist/test/samples/main.js --write
      assert.deepEqual(gone, [], outcome.name);
    }
  });
});
