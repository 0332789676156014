import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** Metering labels with their rules, and options of ports for DHCP. */
export const metering: Migration = {
  name: '20261128-metering',
  async up(db) {
    await sql`
      create table metering_labels (
        id text primary key,
        project_id text not null,
        name text not null,
        description text not null,
        shared boolean not null
      )`.execute(db);
    await sql`create index metering_labels_project on metering_labels (project_id)`.execute(db);
    await sql`
      create table metering_label_rules (
        id text primary key,
        project_id text not null,
        metering_label_id text not null references metering_labels (id) on delete cascade,
        direction text not null,
        excluded boolean not null,
        remote_ip_prefix text,
        source_ip_prefix text,
        destination_ip_prefix text
      )`.execute(db);
    await sql`create index metering_label_rules_label on metering_label_rules (metering_label_id)`.execute(db);
    await sql`create index metering_label_rules_project on metering_label_rules (project_id)`.execute(db);
    await sql`alter table ports add column extra_dhcp_opts jsonb not null default '[]'`.execute(db);
  },
};
