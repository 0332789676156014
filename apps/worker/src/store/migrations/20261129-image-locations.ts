import { sql } from 'kysely';
import type { Migration } from './migration.js';

export const imageLocations: Migration = {
  name: '20261129-image-locations',
  async up(db) {
    // Data that lies elsewhere: where, and what the one who said so told of it.
    await sql`alter table image_objects add column url text, add column metadata jsonb not null default '{}'`.execute(
      db,
    );
  },
};
