import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runDatabaseChaos } from '../chaos/database/database-run.js';
import { plainSite } from '../chaos/database/plain-site.js';

describe('a database that goes away under load', () => {
  // In full, with more that can happen to it: npm run chaos:database.
  it(
    'crashes no worker, is no 500, and leaves nothing lost, doubled or half done',
    { timeout: 400_000 },
    async (test) => {
      const site = await plainSite();
      try {
        const { faults, outcomes, created } = await runDatabaseChaos(site, {
          rate: 10,
          calmMs: 1_000,
          signal: test.signal,
          progress: (line) => test.diagnostic(line),
        });
        assert.deepEqual(faults, [], JSON.stringify(outcomes));
        assert.ok(created > 0, 'no server was made');
      } finally {
        await site.stop();
      }
    },
  );
});
