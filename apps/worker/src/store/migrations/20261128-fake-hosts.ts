import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** Hosts of the fake driver that were made to fail. */
export const fakeHosts: Migration = {
  name: '20261128-fake-hosts',
  async up(db) {
    await sql`create table fake_hosts_down (host text primary key)`.execute(db);
  },
};
