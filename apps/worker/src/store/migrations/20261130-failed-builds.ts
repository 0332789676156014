import type { Migration } from './migration.js';

/** How many builds have failed on a host in a row, for the scheduler's weigher. */
export const failedBuilds: Migration = {
  name: '20261130-failed-builds',
  async up(db) {
    await db.schema
      .alterTable('compute_nodes')
      .addColumn('failed_builds', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
  },
};
