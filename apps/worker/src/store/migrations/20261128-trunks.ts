import { sql } from 'kysely';
import { standardColumns } from './standard-columns.js';
import type { Migration } from './migration.js';

/** Trunks and the ports that they carry. A port is in one trunk, as its parent or below it: see TrunkManager. */
export const trunks: Migration = {
  name: '20261128-trunks',
  async up(db) {
    await sql`
      create table trunks (
        ${standardColumns},
        name text not null,
        tags jsonb not null default '[]',
        admin_state_up boolean not null,
        port_id text not null unique references ports (id) on delete cascade
      )`.execute(db);
    await sql`create index trunks_project on trunks (project_id)`.execute(db);
    await sql`
      create table subports (
        port_id text primary key references ports (id) on delete cascade,
        trunk_id text not null references trunks (id) on delete cascade,
        segmentation_type text not null,
        segmentation_id integer not null,
        position bigint generated always as identity,
        unique (trunk_id, segmentation_type, segmentation_id)
      )`.execute(db);
  },
};
