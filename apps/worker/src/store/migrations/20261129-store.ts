import { sql } from 'kysely';
import { defineOffset } from '../business-time.js';
import type { Migration } from './migration.js';

/** Business time: the database's clock plus an offset, which is not 0 only in a cloud for tests. */
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
    // Both are inlined: their cost is one addition.
    await sql`
      create function business_now() returns timestamptz language sql stable as
      'select now() + business_offset()'`.execute(db);
    await sql`
      create function business_clock() returns timestamptz language sql volatile as
      'select clock_timestamp() + business_offset()'`.execute(db);
  },
};

/**
 * Indexes for lists: shared objects are few beside those of projects and are found separately; administrators page
 * through all.
 */
export const listIndexes: Migration = {
  name: '20261129-list-indexes',
  async up(db) {
    await sql`create index images_everybodys on images (visibility) where visibility in ('public', 'community')`.execute(
      db,
    );
    await sql`create index security_groups_shared on security_groups (id) where shared`.execute(db);
    await sql`create index images_created on images (created_at, id)`.execute(db);
  },
};

/** Indexes for rows that workers search for every minute or more often; they are few among many servers. */
export const periodicIndexes: Migration = {
  name: '20261129-periodic-indexes',
  async up(db) {
    await sql`create index instances_shelved on instances (id) where vm_state = 'shelved' and not deleted`.execute(db);
    await sql`create index migrations_unconfirmed on migrations (updated_at) where status = 'finished'`.execute(db);
    // Counted by vm_state for the metrics: read from the index only.
    await sql`create index instances_states on instances (vm_state) where not deleted`.execute(db);
  },
};

/** How often a snapshot replaced the state: the one row that no snapshot restores. */
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
