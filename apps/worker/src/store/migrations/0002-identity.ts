import { sql } from 'kysely';
import type { Migration, MigrationDatabase } from './migration.js';

export const identity: Migration = {
  name: '0002-identity',
  async up(db) {
    await createPrincipals(db);
    await createRoles(db);
    await createTokenState(db);
  },
};

async function createPrincipals(db: MigrationDatabase): Promise<void> {
  await sql`
    create table domains (
      id text primary key,
      name text not null unique,
      description text not null default '',
      enabled boolean not null default true,
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`
    create table projects (
      id text primary key,
      name text not null,
      domain_id text not null references domains (id),
      description text not null default '',
      enabled boolean not null default true,
      created_at timestamptz not null default now(),
      unique (domain_id, name)
    )`.execute(db);
  await sql`
    create table users (
      id text primary key,
      name text not null,
      domain_id text not null references domains (id),
      password_hash text,
      enabled boolean not null default true,
      default_project_id text references projects (id) on delete set null,
      email text,
      created_at timestamptz not null default now(),
      unique (domain_id, name)
    )`.execute(db);
}

async function createRoles(db: MigrationDatabase): Promise<void> {
  await sql`
    create table roles (
      id text primary key,
      name text not null unique,
      domain_id text references domains (id),
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`
    create table implied_roles (
      prior_role_id text not null references roles (id) on delete cascade,
      implied_role_id text not null references roles (id) on delete cascade,
      primary key (prior_role_id, implied_role_id)
    )`.execute(db);
  // A role is held on exactly one of project, domain and system.
  await sql`
    create table role_assignments (
      id text primary key,
      role_id text not null references roles (id) on delete cascade,
      user_id text not null references users (id) on delete cascade,
      project_id text references projects (id) on delete cascade,
      domain_id text references domains (id) on delete cascade,
      system text check (system = 'all'),
      created_at timestamptz not null default now(),
      check (num_nonnulls(project_id, domain_id, system) = 1)
    )`.execute(db);
  await sql`
    create unique index role_assignments_once on role_assignments
      (user_id, role_id, coalesce(project_id, ''), coalesce(domain_id, ''), coalesce(system, ''))`.execute(db);
  await sql`create index role_assignments_project on role_assignments (project_id)`.execute(db);
}

async function createTokenState(db: MigrationDatabase): Promise<void> {
  await sql`
    create table token_revocations (
      audit_id text primary key,
      expires_at timestamptz not null,
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index token_revocations_expiry on token_revocations (expires_at)`.execute(db);
  await sql`
    create table failed_logins (
      subject text primary key,
      failures integer not null,
      window_until timestamptz not null
    )`.execute(db);
  await sql`create index failed_logins_window on failed_logins (window_until)`.execute(db);
}
