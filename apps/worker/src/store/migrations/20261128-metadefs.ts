import { sql } from 'kysely';
import type { Migration } from './migration.js';

export const metadefs: Migration = {
  name: '20261128-metadefs',
  async up(db) {
    await sql`
      create table metadef_namespaces (
        namespace text primary key,
        display_name text,
        description text,
        visibility text not null,
        protected boolean not null,
        owner text,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      )`.execute(db);
    await sql`
      create table metadef_items (
        namespace text not null references metadef_namespaces (namespace) on delete cascade on update cascade,
        kind text not null,
        name text not null,
        body jsonb not null,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        primary key (namespace, kind, name)
      )`.execute(db);
    await sql`
      create table metadef_resource_types (
        name text primary key,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      )`.execute(db);
    // Shipped definitions are stored once: what is deleted of them stays away.
    await sql`create table metadef_seeds (namespace text primary key)`.execute(db);
  },
};
