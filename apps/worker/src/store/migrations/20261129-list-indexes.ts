import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** What all see is little beside what projects have of their own, and is found apart; administrators page through all. */
export const listIndexes: Migration = {
  name: '20261129-list-indexes',
  async up(db) {
    await sql`create index images_everybodys on images (visibility) where visibility in ('public', 'community')`.execute(
      db,
    );
    await sql`create index security_groups_shared on security_groups (id) where shared`.execute(db);
    await sql`create index images_created on images (created_at, id)`.execute(db);
  },
};
