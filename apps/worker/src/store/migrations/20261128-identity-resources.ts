import { sql } from 'kysely';
import type { Migration } from './migration.js';

/**
 * What keystone keeps with a domain, project, user and role beyond its fields: resource options, and attributes that
 * the schemas allow without knowing them. The roles that the bootstrap made become immutable, as a new cloud's are.
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
