import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** What a guest has left as its password, encrypted with the key that it was made with. */
export const serverPasswords: Migration = {
  name: '20261129-server-passwords',
  async up(db) {
    await sql`alter table instances add column password text`.execute(db);
  },
};
