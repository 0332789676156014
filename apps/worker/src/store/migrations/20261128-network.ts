import { sql } from 'kysely';
import { standardColumns } from './standard-columns.js';
import type { Migration } from './migration.js';

export const addressGroups: Migration = {
  name: '20261128-address-groups',
  async up(db) {
    await sql`
      create table address_groups (
        ${standardColumns},
        name text not null,
        addresses jsonb not null
      )`.execute(db);
    await sql`create index address_groups_project on address_groups (project_id)`.execute(db);
  },
};

export const vlanTransparent: Migration = {
  name: '20261128-vlan-transparent',
  async up(db) {
    await sql`alter table networks add column vlan_transparent boolean`.execute(db);
  },
};

/** Routers, the networks to which they are connected, and floating IPs. */
export const routers: Migration = {
  name: '20261128-routers',
  async up(db) {
    await sql`
      create table routers (
        ${standardColumns},
        name text not null,
        tags jsonb not null default '[]',
        admin_state_up boolean not null,
        status text not null,
        distributed boolean not null,
        ha boolean not null,
        enable_snat boolean not null default true,
        routes jsonb not null default '[]',
        availability_zone_hints jsonb not null default '[]'
      )`.execute(db);
    await sql`create index routers_project on routers (project_id)`.execute(db);
    // The first one of a router is the gateway that old clients see.
    await sql`
      create table router_gateways (
        port_id text primary key references ports (id) on delete cascade,
        router_id text not null references routers (id),
        position bigint generated always as identity
      )`.execute(db);
    await sql`create index router_gateways_router on router_gateways (router_id)`.execute(db);
    // One port may connect to several IPv6 subnets of its network; a router reaches a subnet by one port only.
    await sql`
      create table router_interfaces (
        router_id text not null references routers (id),
        subnet_id text not null references subnets (id),
        port_id text not null references ports (id) on delete cascade,
        primary key (router_id, subnet_id)
      )`.execute(db);
    await sql`create index router_interfaces_port on router_interfaces (port_id)`.execute(db);
    await sql`create index router_interfaces_subnet on router_interfaces (subnet_id)`.execute(db);
    await sql`
      create table floatingips (
        ${standardColumns},
        tags jsonb not null default '[]',
        floating_network_id text not null references networks (id),
        floating_ip_address inet not null,
        floating_port_id text not null unique references ports (id) on delete cascade,
        port_id text references ports (id) on delete set null,
        fixed_ip_address inet,
        router_id text references routers (id),
        status text not null,
        dns_name text not null default '',
        dns_domain text not null default '',
        constraint floatingips_address unique (floating_network_id, floating_ip_address),
        constraint floatingips_fixed unique (floating_network_id, port_id, fixed_ip_address)
      )`.execute(db);
    await sql`create index floatingips_project on floatingips (project_id)`.execute(db);
    await sql`create index floatingips_port on floatingips (port_id)`.execute(db);
    await sql`create index floatingips_router on floatingips (router_id)`.execute(db);
  },
};

/**
 * Groups, their rules, and the ports that have them. `ports.security_groups`, which was always empty, stays for workers
 * of the previous version.
 */
export const securityGroups: Migration = {
  name: '20261128-security-groups',
  async up(db) {
    await sql`
      create table security_groups (
        ${standardColumns},
        name text not null,
        tags jsonb not null default '[]',
        stateful boolean not null default true,
        is_default boolean not null default false
      )`.execute(db);
    await sql`create index security_groups_project on security_groups (project_id)`.execute(db);
    await sql`
      create unique index security_groups_default on security_groups (project_id) where is_default`.execute(db);
    await sql`
      create table security_group_rules (
        ${standardColumns},
        security_group_id text not null references security_groups on delete cascade,
        direction text not null,
        ethertype text not null,
        protocol text,
        port_range_min integer,
        port_range_max integer,
        remote_ip_prefix text,
        remote_group_id text references security_groups on delete cascade,
        remote_address_group_id text references address_groups,
        same_as text not null,
        unique (security_group_id, same_as)
      )`.execute(db);
    await sql`create index security_group_rules_project on security_group_rules (project_id)`.execute(db);
    await sql`create index security_group_rules_remote on security_group_rules (remote_group_id)`.execute(db);
    await sql`
      create index security_group_rules_addresses on security_group_rules (remote_address_group_id)`.execute(db);
    await sql`
      create table port_security_groups (
        port_id text not null references ports on delete cascade,
        security_group_id text not null references security_groups on delete restrict,
        primary key (port_id, security_group_id)
      )`.execute(db);
    await sql`create index port_security_groups_group on port_security_groups (security_group_id)`.execute(db);
  },
};

/** RBAC policies, and address scopes and subnet pools, for which there can be policies. */
export const sharing: Migration = {
  name: '20261128-sharing',
  async up(db) {
    // Objects of several tables: code that deletes an object deletes its policies, under the object's lock.
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
