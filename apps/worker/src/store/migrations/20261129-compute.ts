import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** What a guest has left as its password, encrypted with the key that it was made with. */
export const serverPasswords: Migration = {
  name: '20261129-server-passwords',
  async up(db) {
    await sql`alter table instances add column password text`.execute(db);
  },
};

/** Limits of a user within a project, and what a server's create counts for him by. */
export const userQuotas: Migration = {
  name: '20261129-user-quotas',
  async up(db) {
    await sql`
      create table user_quotas (
        service text not null,
        project_id text not null,
        user_id text not null,
        resource text not null,
        hard_limit integer not null check (hard_limit >= -1),
        primary key (service, project_id, user_id, resource)
      )`.execute(db);
  },
};
