import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** The disks of servers, those that an image or a flavor gives too. */
export const blockDevices: Migration = {
  name: '20261128-block-devices',
  async up(db) {
    await sql`
      create table block_device_mappings (
        id bigint generated always as identity primary key,
        instance_id text not null references instances (id) on delete cascade,
        source_type text not null,
        destination_type text not null,
        boot_index integer,
        device_name text,
        device_type text,
        disk_bus text,
        guest_format text,
        image_id text,
        volume_size integer,
        delete_on_termination boolean not null,
        tag text,
        created_at timestamptz not null default clock_timestamp()
      )`.execute(db);
    await sql`create index block_device_mappings_instance on block_device_mappings (instance_id)`.execute(db);
  },
};
