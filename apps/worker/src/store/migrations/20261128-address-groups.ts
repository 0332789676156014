import { sql } from 'kysely';
import { standardColumns } from './standard-columns.js';
import type { Migration } from './migration.js';

export const addressGroups: Migration = {
  name: '20261128-address-groups',
  async up(db) {
    await sql`
      create table address_groups (
        ${standardColumns},
        name text not null,
        addresses jsonb not null
      )`.execute(db);
    await sql`create index address_groups_project on address_groups (project_id)`.execute(db);
  },
};
