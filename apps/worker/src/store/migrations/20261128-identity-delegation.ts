import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** Application credentials with their access rules, and trusts. */
export const identityDelegation: Migration = {
  name: '20261128-identity-delegation',
  async up(db) {
    await sql`
      create table application_credentials (
        id text primary key,
        name text not null,
        user_id text not null references users (id) on delete cascade,
        project_id text not null references projects (id) on delete cascade,
        description text,
        secret_hash text not null,
        role_ids jsonb not null,
        unrestricted boolean not null default false,
        expires_at timestamptz,
        created_at timestamptz not null default now(),
        unique (user_id, name)
      )`.execute(db);
    await sql`
      create table access_rules (
        id text primary key,
        user_id text not null references users (id) on delete cascade,
        service text not null,
        method text not null,
        path text not null,
        unique (user_id, service, method, path)
      )`.execute(db);
    await sql`
      create table application_credential_access_rules (
        application_credential_id text not null references application_credentials (id) on delete cascade,
        access_rule_id text not null references access_rules (id),
        primary key (application_credential_id, access_rule_id)
      )`.execute(db);
    await sql`
      create index application_credential_rules on application_credential_access_rules (access_rule_id)`.execute(db);
    await sql`
      create table trusts (
        id text primary key,
        trustor_user_id text not null references users (id) on delete cascade,
        trustee_user_id text not null references users (id) on delete cascade,
        project_id text references projects (id) on delete cascade,
        impersonation boolean not null,
        role_ids jsonb not null,
        expires_at timestamptz,
        remaining_uses integer,
        redelegation_count integer not null default 0,
        redelegated_trust_id text references trusts (id) on delete cascade,
        created_at timestamptz not null default now()
      )`.execute(db);
    await sql`create index trusts_trustor on trusts (trustor_user_id)`.execute(db);
    await sql`create index trusts_trustee on trusts (trustee_user_id)`.execute(db);
  },
};
