import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** Guests that are to be removed by their host when it is there again. */
export const leftoverGuests: Migration = {
  name: '20261128-leftover-guests',
  async up(db) {
    await sql`
      create table leftover_guests (
        host text not null,
        instance_id text not null references instances (id) on delete cascade,
        created_at timestamptz not null default now(),
        primary key (host, instance_id)
      )`.execute(db);
  },
};
