import { sql } from 'kysely';
import type { Migration } from './migration.js';

export const imageLocations: Migration = {
  name: '20261129-image-locations',
  async up(db) {
    // External data: its URL, and the metadata in the request that added it.
    await sql`alter table image_objects add column url text, add column metadata jsonb not null default '{}'`.execute(
      db,
    );
  },
};

/** The namespaces that every cloud has from the start belong to `admin`, as in glance: the schema requires an owner. */
export const metadefOwner: Migration = {
  name: '20261129-metadef-owner',
  async up(db) {
    await sql`
      update metadef_namespaces set owner = 'admin'
      where owner is null and namespace in (select namespace from metadef_seeds)`.execute(db);
  },
};
