import { sql } from 'kysely';
import type { Migration } from './migration.js';

export const vlanTransparent: Migration = {
  name: '20261128-vlan-transparent',
  async up(db) {
    await sql`alter table networks add column vlan_transparent boolean`.execute(db);
  },
};
