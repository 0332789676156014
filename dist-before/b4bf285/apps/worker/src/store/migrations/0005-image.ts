import { sql } from 'kysely';
import type { Migration } from './migration.js';

export const image: Migration = {
  name: '0005-image',
  async up(db) {
    await sql`
      create table images (
        id text primary key,
        name text not null,
        status text not null default 'active',
        visibility text not null default 'public',
        protected boolean not null default false,
        owner text,
        disk_format text not null,
        container_format text not null,
        size bigint not null,
        virtual_size bigint,
        min_disk integer not null,
        min_ram integer not null,
        checksum text,
        os_hidden boolean not null default false,
        tags jsonb not null default '[]',
        properties jsonb not null default '{}',
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      )`.execute(db);
    await sql`create index images_name on images (name)`.execute(db);
  },
};
