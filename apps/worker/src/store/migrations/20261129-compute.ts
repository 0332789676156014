import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** The password that a guest has set, encrypted with the key with which the server was created. */
export const serverPasswords: Migration = {
  name: '20261129-server-passwords',
  async up(db) {
    await sql`alter table instances add column password text`.execute(db);
  },
};

/** Limits of a user within a project; a server's create counts against them. */
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
