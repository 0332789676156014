import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** What workers look for by themselves, each minute and more often, is few rows among many servers. */
export const periodicIndexes: Migration = {
  name: '20261129-periodic-indexes',
  async up(db) {
    await sql`create index instances_shelved on instances (id) where vm_state = 'shelved' and not deleted`.execute(db);
    await sql`create index migrations_unconfirmed on migrations (updated_at) where status = 'finished'`.execute(db);
    // Counted by vm_state for the metrics: read from the index alone.
    await sql`create index instances_states on instances (vm_state) where not deleted`.execute(db);
  },
};
