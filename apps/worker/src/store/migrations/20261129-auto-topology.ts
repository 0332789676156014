import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** The network and router that a project was given by itself. */
export const autoTopology: Migration = {
  name: '20261129-auto-topology',
  async up(db) {
    await sql`
      create table auto_allocated_topologies (
        project_id text primary key,
        network_id text not null references networks (id) on delete cascade,
        router_id text references routers (id) on delete set null
      )`.execute(db);
  },
};
