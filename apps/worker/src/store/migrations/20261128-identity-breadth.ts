import { sql } from 'kysely';
import type { Migration, MigrationDatabase } from './migration.js';

/** The catalog, groups, credentials, policies, limits and the data of federation. */
export const identityBreadth: Migration = {
  name: '20261128-identity-breadth',
  async up(db) {
    await createCatalog(db);
    await createGroups(db);
    await createHeldRoles(db);
    await createCredentials(db);
    await createLimits(db);
    await createFederation(db);
  },
};

async function createCatalog(db: MigrationDatabase): Promise<void> {
  await sql`
    create table regions (
      id text primary key,
      description text not null default '',
      parent_region_id text references regions (id),
      extra jsonb not null default '{}'
    )`.execute(db);
  await sql`
    create table catalog_services (
      id text primary key,
      type text not null,
      name text not null default '',
      enabled boolean not null default true,
      extra jsonb not null default '{}'
    )`.execute(db);
  // A null url is completed from the configuration of the gateways.
  await sql`
    create table endpoints (
      id text primary key,
      interface text not null,
      region_id text references regions (id),
      service_id text not null references catalog_services (id) on delete cascade,
      url text,
      enabled boolean not null default true,
      extra jsonb not null default '{}'
    )`.execute(db);
  await sql`create index endpoints_service on endpoints (service_id)`.execute(db);
  await sql`create index endpoints_region on endpoints (region_id)`.execute(db);
  // The entries of the configuration that were put into the catalog: what an administrator deletes does not come back.
  await sql`create table catalog_seeds (id text primary key)`.execute(db);
  await sql`
    create table endpoint_groups (
      id text primary key,
      name text not null,
      description text,
      filters jsonb not null,
      extra jsonb not null default '{}'
    )`.execute(db);
  // The endpoints to which a project's catalog is limited, directly or by a group.
  await sql`
    create table project_endpoints (
      project_id text not null references projects (id) on delete cascade,
      endpoint_id text not null references endpoints (id) on delete cascade,
      primary key (project_id, endpoint_id)
    )`.execute(db);
  await sql`
    create table project_endpoint_groups (
      project_id text not null references projects (id) on delete cascade,
      endpoint_group_id text not null references endpoint_groups (id) on delete cascade,
      primary key (project_id, endpoint_group_id)
    )`.execute(db);
}

async function createGroups(db: MigrationDatabase): Promise<void> {
  await sql`
    create table groups (
      id text primary key,
      name text not null,
      domain_id text not null references domains (id) on delete cascade,
      description text not null default '',
      extra jsonb not null default '{}',
      created_at timestamptz not null default now(),
      unique (domain_id, name)
    )`.execute(db);
  await sql`
    create table group_members (
      group_id text not null references groups (id) on delete cascade,
      user_id text not null references users (id) on delete cascade,
      primary key (group_id, user_id)
    )`.execute(db);
  await sql`create index group_members_user on group_members (user_id)`.execute(db);
  // A role is held by a user or by a group; an inherited role applies to the projects below its target.
  await sql`
    alter table role_assignments
      alter column user_id drop not null,
      add column group_id text references groups (id) on delete cascade,
      add column inherited boolean not null default false,
      add constraint role_assignments_holder check (num_nonnulls(user_id, group_id) = 1)`.execute(db);
  await sql`drop index role_assignments_once`.execute(db);
  await sql`
    create unique index role_assignments_once on role_assignments
      (coalesce(user_id, ''), coalesce(group_id, ''), role_id, coalesce(project_id, ''), coalesce(domain_id, ''),
        coalesce(system, ''), inherited)`.execute(db);
  await sql`create index role_assignments_user on role_assignments (user_id)`.execute(db);
  await sql`create index role_assignments_group on role_assignments (group_id)`.execute(db);
  await sql`create index role_assignments_domain on role_assignments (domain_id)`.execute(db);
}

/** Every role that a user holds: directly, as a member of a group, and inherited from above. */
async function createHeldRoles(db: MigrationDatabase): Promise<void> {
  await sql`
    create view placed_roles as
      with recursive below (ancestor_id, project_id) as (
        select parent_id, id from projects where parent_id is not null
        union all
        select b.ancestor_id, p.id from projects p join below b on p.parent_id = b.project_id
      )
      select a.id as assignment_id, a.role_id, a.user_id, a.group_id, a.project_id, a.domain_id, a.system,
        null::text as from_project_id, null::text as from_domain_id
      from role_assignments a where not a.inherited
      union all
      select a.id, a.role_id, a.user_id, a.group_id, p.id, null, null, null, a.domain_id
      from role_assignments a join projects p on p.domain_id = a.domain_id where a.inherited
      union all
      select a.id, a.role_id, a.user_id, a.group_id, b.project_id, null, null, a.project_id, null
      from role_assignments a join below b on b.ancestor_id = a.project_id where a.inherited`.execute(db);
  await sql`
    create view held_roles as
      select p.assignment_id, p.role_id, p.user_id, p.group_id, p.project_id, p.domain_id, p.system, p.from_project_id,
        p.from_domain_id
      from placed_roles p where p.user_id is not null
      union all
      select p.assignment_id, p.role_id, m.user_id, p.group_id, p.project_id, p.domain_id, p.system, p.from_project_id,
        p.from_domain_id
      from placed_roles p join group_members m on m.group_id = p.group_id`.execute(db);
}

async function createCredentials(db: MigrationDatabase): Promise<void> {
  await sql`
    create table credentials (
      id text primary key,
      user_id text not null,
      project_id text,
      type text not null,
      blob text not null,
      extra jsonb not null default '{}',
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index credentials_user on credentials (user_id)`.execute(db);
  await sql`create index credentials_project on credentials (project_id)`.execute(db);
  await sql`
    create table policies (
      id text primary key,
      type text not null,
      blob text not null,
      extra jsonb not null default '{}'
    )`.execute(db);
  await sql`
    create table policy_associations (
      policy_id text not null references policies (id) on delete cascade,
      endpoint_id text references endpoints (id) on delete cascade,
      service_id text references catalog_services (id) on delete cascade,
      region_id text references regions (id) on delete cascade
    )`.execute(db);
  await sql`
    create unique index policy_associations_once on policy_associations
      (coalesce(endpoint_id, ''), coalesce(service_id, ''), coalesce(region_id, ''))`.execute(db);
}

async function createLimits(db: MigrationDatabase): Promise<void> {
  await sql`
    create table registered_limits (
      id text primary key,
      service_id text not null references catalog_services (id) on delete cascade,
      region_id text references regions (id) on delete cascade,
      resource_name text not null,
      default_limit integer not null,
      description text
    )`.execute(db);
  await sql`
    create unique index registered_limits_once on registered_limits
      (service_id, coalesce(region_id, ''), resource_name)`.execute(db);
  await sql`
    create table limits (
      id text primary key,
      registered_limit_id text not null references registered_limits (id),
      project_id text references projects (id) on delete cascade,
      domain_id text references domains (id) on delete cascade,
      resource_limit integer not null,
      description text
    )`.execute(db);
  await sql`
    create unique index limits_once on limits
      (registered_limit_id, coalesce(project_id, ''), coalesce(domain_id, ''))`.execute(db);
}

async function createFederation(db: MigrationDatabase): Promise<void> {
  await sql`
    create table identity_providers (
      id text primary key,
      enabled boolean not null default false,
      description text,
      authorization_ttl integer,
      remote_ids jsonb not null default '[]',
      domain_id text not null references domains (id) on delete cascade
    )`.execute(db);
  await sql`
    create table mappings (
      id text primary key,
      rules jsonb not null,
      schema_version text not null default '1.0'
    )`.execute(db);
  await sql`
    create table protocols (
      id text not null,
      idp_id text not null references identity_providers (id) on delete cascade,
      mapping_id text not null,
      remote_id_attribute text,
      primary key (id, idp_id)
    )`.execute(db);
  await sql`
    create table service_providers (
      id text primary key,
      auth_url text not null,
      sp_url text not null,
      description text,
      enabled boolean not null default false,
      relay_state_prefix text
    )`.execute(db);
  await sql`
    create table consumers (
      id text primary key,
      description text,
      secret text not null,
      extra jsonb not null default '{}'
    )`.execute(db);
}
