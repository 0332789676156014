import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** How often the state was replaced by a snapshot: the one row that no snapshot puts back. */
export const stateEpoch: Migration = {
  name: '20261129-state-epoch',
  async up(db) {
    await sql`
      create table state_epoch (
        "only" boolean primary key default true check ("only"),
        epoch bigint not null
      )`.execute(db);
    await sql`insert into state_epoch (epoch) values (0)`.execute(db);
  },
};
