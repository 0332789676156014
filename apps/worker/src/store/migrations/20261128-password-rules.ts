import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** When passwords were set and are over, and which ones a user had. */
export const passwordRules: Migration = {
  name: '20261128-password-rules',
  async up(db) {
    await sql`
      alter table users
        add column password_created_at timestamptz not null default now(),
        add column password_expires_at timestamptz,
        add column password_self_service boolean not null default false`.execute(db);
    await sql`
      create table password_history (
        id bigint generated always as identity primary key,
        user_id text not null references users (id) on delete cascade,
        password_hash text not null,
        created_at timestamptz not null default now()
      )`.execute(db);
    await sql`create index password_history_user on password_history (user_id)`.execute(db);
    await sql`
      insert into password_history (user_id, password_hash)
      select id, password_hash from users where password_hash is not null`.execute(db);
  },
};
