import { sql } from 'kysely';
import type { Migration, MigrationDatabase } from './migration.js';

/** What the actions of servers keep: their record, moves between hosts, locks, deferred deletes. */
export const serverActions: Migration = {
  name: '20261128-server-actions',
  async up(db) {
    await sql`
      alter table instances
        add column locked_by text,
        add column locked_reason text,
        add column old_flavor jsonb,
        add column task_arguments jsonb,
        add column soft_deleted_at timestamptz`.execute(db);
    await sql`
      create index instances_reclaimable on instances (soft_deleted_at) where soft_deleted_at is not null`.execute(db);
    await createRecords(db);
    await createMigrations(db);
    // A consumer, as Placement calls it, is a server or, while it moves, its migration, which holds the other host.
    await sql`alter table allocations add column consumer_type text not null default 'instance'`.execute(db);
  },
};

/** Kept after the server is gone: no foreign key to it. */
async function createRecords(db: MigrationDatabase): Promise<void> {
  await sql`
    create table instance_actions (
      id bigint generated always as identity primary key,
      instance_id text not null,
      action text not null,
      request_id text not null,
      user_id text,
      project_id text,
      message text,
      start_time timestamptz not null default clock_timestamp(),
      updated_at timestamptz not null default clock_timestamp()
    )`.execute(db);
  await sql`create index instance_actions_instance on instance_actions (instance_id, id)`.execute(db);
  await sql`
    create table instance_action_events (
      id bigint generated always as identity primary key,
      action_id bigint not null references instance_actions (id) on delete cascade,
      event text not null,
      host text,
      start_time timestamptz not null default clock_timestamp(),
      finish_time timestamptz,
      result text,
      traceback text,
      details text,
      unique (action_id, event)
    )`.execute(db);
}

async function createMigrations(db: MigrationDatabase): Promise<void> {
  await sql`
    create table migrations (
      id bigint generated always as identity primary key,
      uuid text not null unique,
      instance_id text not null,
      migration_type text not null,
      status text not null,
      source_compute text,
      source_node text,
      dest_compute text,
      dest_node text,
      requested_host text,
      old_flavor jsonb,
      new_flavor jsonb,
      old_vm_state text,
      old_power_state integer,
      user_id text,
      project_id text,
      created_at timestamptz not null default clock_timestamp(),
      updated_at timestamptz not null default clock_timestamp()
    )`.execute(db);
  await sql`create index migrations_instance on migrations (instance_id, id)`.execute(db);
  await sql`create index migrations_unfinished on migrations (status, updated_at)`.execute(db);
}
