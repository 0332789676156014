import { sql } from 'kysely';
import { defineOffset } from '../business-time.js';
import type { Migration } from './migration.js';

/** Business time: the database's clock plus an offset, which only a cloud for tests has. */
export const businessTime: Migration = {
  name: '20261129-business-time',
  async up(db) {
    await sql`
      create table clock_state (
        "only" boolean primary key default true check ("only"),
        offset_ms bigint not null,
        version bigint not null
      )`.execute(db);
    await sql`insert into clock_state (offset_ms, version) values (0, 0)`.execute(db);
    await defineOffset(db, 0);
    // Both are inlined: what they cost is an addition.
    await sql`
      create function business_now() returns timestamptz language sql stable as
      'select now() + business_offset()'`.execute(db);
    await sql`
      create function business_clock() returns timestamptz language sql volatile as
      'select clock_timestamp() + business_offset()'`.execute(db);
  },
};
