import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** The image that a shelved server comes back from. */
export const shelvedImage: Migration = {
  name: '20261128-shelved-image',
  async up(db) {
    await sql`alter table instances add column shelved_image_id text`.execute(db);
  },
};
