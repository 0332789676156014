import { sql } from 'kysely';
import type { Migration } from './migration.js';

export const messaging: Migration = {
  name: '0001-messaging',
  async up(db) {
    await sql`
      create table outbox (
        id bigint generated always as identity primary key,
        unique_id text not null unique,
        message jsonb not null,
        attempts integer not null default 0,
        created_at timestamptz not null default now(),
        due_at timestamptz not null default now() + interval '2 seconds'
      )`.execute(db);
    await sql`create index outbox_due on outbox (due_at)`.execute(db);
    await sql`
      create table consumed_messages (
        unique_id text primary key,
        topic text not null,
        state text not null check (state in ('running', 'done', 'failed')),
        attempts integer not null,
        lease_until timestamptz not null default now(),
        reason text,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      )`.execute(db);
    await sql`create index consumed_messages_updated on consumed_messages (updated_at)`.execute(db);
    await sql`
      create table services (
        id text primary key,
        "binary" text not null,
        host text not null,
        zone text not null default 'nova',
        disabled boolean not null default false,
        disabled_reason text,
        report_count bigint not null default 0,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        unique ("binary", host)
      )`.execute(db);
  },
};
