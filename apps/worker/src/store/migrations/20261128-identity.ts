import { sql } from 'kysely';
import type { Migration } from './migration.js';

/**
 * Data that keystone keeps for a domain, project, user and role beyond its fields: resource options, and attributes
 * that the schemas allow without knowing them. The roles from the bootstrap become immutable, as in a new cloud.
 */
export const identityResources: Migration = {
  name: '20261128-identity-resources',
  async up(db) {
    for (const table of ['domains', 'projects', 'users', 'roles']) {
      await sql`alter table ${sql.table(table)}
        add column options jsonb not null default '{}', add column extra jsonb not null default '{}'`.execute(db);
    }
    await sql`alter table domains add column tags jsonb not null default '[]'`.execute(db);
    await sql`alter table projects add column parent_id text references projects (id)`.execute(db);
    await sql`create index projects_parent on projects (parent_id)`.execute(db);
    await sql`
      update roles set options = '{"immutable": true}'
      where name in ('admin', 'manager', 'member', 'reader', 'service') and domain_id is null`.execute(db);
    await sql`alter table users add column failed_auth_count integer not null default 0, add column failed_auth_at timestamptz`.execute(
      db,
    );
    await sql`
      create table login_sources (
        subject text not null,
        source text not null,
        succeeded_at timestamptz not null,
        primary key (subject, source)
      )`.execute(db);
    await sql`create index login_sources_age on login_sources (succeeded_at)`.execute(db);
  },
};

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

/** When passwords were set and when they expire, and the previous passwords of a user. */
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

/** Options that a domain has of its own. */
export const domainConfigs: Migration = {
  name: '20261128-domain-configs',
  async up(db) {
    await sql`
      create table domain_configs (
        domain_id text not null references domains (id) on delete cascade,
        option_group text not null,
        option text not null,
        value text not null,
        primary key (domain_id, option_group, option)
      )`.execute(db);
  },
};
