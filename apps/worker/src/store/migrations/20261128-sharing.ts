import { sql } from 'kysely';
import { standardColumns } from './standard-columns.js';
import type { Migration } from './migration.js';

/** RBAC policies, and address scopes and subnet pools, which they can be about. */
export const sharing: Migration = {
  name: '20261128-sharing',
  async up(db) {
    // Objects of several tables: whoever deletes one deletes its policies, under the object's lock.
    await sql`
      create table rbac_policies (
        id text primary key,
        project_id text not null,
        object_type text not null,
        object_id text not null,
        target_project text not null,
        action text not null,
        unique (object_id, action, target_project)
      )`.execute(db);
    await sql`create index rbac_policies_target on rbac_policies (target_project, object_type, action)`.execute(db);
    await sql`create index rbac_policies_project on rbac_policies (project_id)`.execute(db);
    await sql`
      insert into rbac_policies (id, project_id, object_type, object_id, target_project, action)
      select gen_random_uuid()::text, project_id, 'network', id, '*', 'access_as_shared' from networks where shared
      union all
      select gen_random_uuid()::text, project_id, 'network', id, '*', 'access_as_external' from networks
      where router_external`.execute(db);
    await sql`alter table security_groups add column shared boolean not null default false`.execute(db);
    await sql`alter table address_groups add column shared boolean not null default false`.execute(db);
    await sql`
      create table address_scopes (
        id text primary key,
        project_id text not null,
        name text not null,
        shared boolean not null,
        ip_version integer not null
      )`.execute(db);
    await sql`create index address_scopes_project on address_scopes (project_id)`.execute(db);
    await sql`
      create table subnetpools (
        ${standardColumns},
        name text not null,
        tags jsonb not null default '[]',
        prefixes jsonb not null,
        default_quota integer,
        ip_version integer not null,
        default_prefixlen integer not null,
        min_prefixlen integer not null,
        max_prefixlen integer not null,
        is_default boolean not null,
        shared boolean not null,
        address_scope_id text references address_scopes (id)
      )`.execute(db);
    await sql`create index subnetpools_project on subnetpools (project_id)`.execute(db);
    await sql`create index subnetpools_scope on subnetpools (address_scope_id)`.execute(db);
    await sql`create unique index subnetpools_default on subnetpools (ip_version) where is_default`.execute(db);
    await sql`alter table subnets add column subnetpool_id text references subnetpools (id)`.execute(db);
    await sql`create index subnets_pool on subnets (subnetpool_id)`.execute(db);
  },
};
