import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** The namespaces that every cloud begins with belong to `admin`, as glance's: the schema has no namespace without owner. */
export const metadefOwner: Migration = {
  name: '20261129-metadef-owner',
  async up(db) {
    await sql`
      update metadef_namespaces set owner = 'admin'
      where owner is null and namespace in (select namespace from metadef_seeds)`.execute(db);
  },
};
