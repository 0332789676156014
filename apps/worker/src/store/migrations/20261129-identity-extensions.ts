import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** Tokens of OAuth 1.0a, and when users were last seen. */
export const identityExtensions: Migration = {
  name: '20261129-identity-extensions',
  async up(db) {
    await sql`
      create table oauth1_request_tokens (
        id text primary key,
        consumer_id text not null references consumers (id) on delete cascade,
        project_id text not null references projects (id) on delete cascade,
        secret text not null,
        authorizing_user_id text references users (id) on delete cascade,
        verifier text,
        role_ids jsonb not null default '[]',
        expires_at timestamptz
      )`.execute(db);
    await sql`create index oauth1_request_tokens_consumer on oauth1_request_tokens (consumer_id)`.execute(db);
    await sql`
      create table oauth1_access_tokens (
        id text primary key,
        consumer_id text not null references consumers (id) on delete cascade,
        project_id text not null references projects (id) on delete cascade,
        authorizing_user_id text not null references users (id) on delete cascade,
        secret text not null,
        role_ids jsonb not null,
        expires_at timestamptz
      )`.execute(db);
    await sql`create index oauth1_access_tokens_consumer on oauth1_access_tokens (consumer_id)`.execute(db);
    await sql`create index oauth1_access_tokens_user on oauth1_access_tokens (authorizing_user_id)`.execute(db);
    await sql`create index policy_associations_policy on policy_associations (policy_id)`.execute(db);
    await sql`create index project_endpoints_endpoint on project_endpoints (endpoint_id)`.execute(db);
    await sql`
      create index project_endpoint_groups_group on project_endpoint_groups (endpoint_group_id)`.execute(db);
    await sql`alter table token_revocations add column revoked_at timestamptz not null default now()`.execute(db);
    await sql`alter table users add column last_active_at date`.execute(db);
    await sql`alter table users alter column last_active_at set default current_date`.execute(db);
  },
};
