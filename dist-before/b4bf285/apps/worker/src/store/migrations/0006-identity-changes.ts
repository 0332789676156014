import { sql } from 'kysely';
import type { Migration } from './migration.js';

export const identityChanges: Migration = {
  name: '0006-identity-changes',
  async up(db) {
    await sql`alter table users add column description text`.execute(db);
    await sql`alter table roles add column description text`.execute(db);
    await sql`alter table projects add column tags jsonb not null default '[]'`.execute(db);
    await sql`
      create table token_rules (
        subject text primary key,
        issued_before timestamptz not null,
        expires_at timestamptz not null
      )`.execute(db);
    await sql`create index token_rules_expiry on token_rules (expires_at)`.execute(db);
  },
};
