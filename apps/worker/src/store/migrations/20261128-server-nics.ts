import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** Which NIC of its server a port is. Null for ports of no server, and for those that were bound before this. */
export const serverNics: Migration = {
  name: '20261128-server-nics',
  async up(db) {
    await sql`alter table ports add column nic_index integer, add column nic_tag text`.execute(db);
  },
};
