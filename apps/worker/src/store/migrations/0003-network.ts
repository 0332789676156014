import { sql } from 'kysely';
import type { Migration, MigrationDatabase } from './migration.js';

export const network: Migration = {
  name: '0003-network',
  async up(db) {
    await createNetworks(db);
    await createSubnets(db);
    await createPorts(db);
    await createAddresses(db);
  },
};

async function createNetworks(db: MigrationDatabase): Promise<void> {
  await sql`
    create table networks (
      id text primary key,
      name text not null,
      project_id text not null,
      description text not null,
      tags jsonb not null default '[]',
      revision_number integer not null default 1,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      admin_state_up boolean not null,
      status text not null,
      shared boolean not null,
      router_external boolean not null,
      is_default boolean not null,
      mtu integer not null,
      port_security_enabled boolean not null,
      dns_domain text not null,
      availability_zone_hints jsonb not null default '[]',
      provider_network_type text not null,
      provider_physical_network text,
      provider_segmentation_id integer
    )`.execute(db);
  await sql`create index networks_project on networks (project_id)`.execute(db);
  await sql`create index networks_open on networks (id) where shared or router_external`.execute(db);
  await sql`
    create unique index networks_segment on networks
      (provider_network_type, coalesce(provider_physical_network, ''), provider_segmentation_id)`.execute(db);
}

async function createSubnets(db: MigrationDatabase): Promise<void> {
  await sql`
    create table subnets (
      id text primary key,
      network_id text not null references networks (id) on delete cascade,
      name text not null,
      project_id text not null,
      description text not null,
      tags jsonb not null default '[]',
      revision_number integer not null default 1,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      ip_version integer not null,
      cidr cidr not null,
      gateway_ip inet,
      enable_dhcp boolean not null,
      allocation_pools jsonb not null,
      dns_nameservers jsonb not null,
      host_routes jsonb not null,
      ipv6_ra_mode text,
      ipv6_address_mode text
    )`.execute(db);
  await sql`create index subnets_network on subnets (network_id)`.execute(db);
  await sql`create index subnets_project on subnets (project_id)`.execute(db);
}

async function createPorts(db: MigrationDatabase): Promise<void> {
  await sql`
    create table ports (
      id text primary key,
      network_id text not null references networks (id) on delete cascade,
      name text not null,
      project_id text not null,
      description text not null,
      tags jsonb not null default '[]',
      revision_number integer not null default 1,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      mac_address text not null,
      admin_state_up boolean not null,
      status text not null,
      device_id text not null,
      device_owner text not null,
      security_groups jsonb not null default '[]',
      allowed_address_pairs jsonb not null,
      port_security_enabled boolean not null,
      binding_host_id text not null,
      binding_vnic_type text not null,
      binding_vif_type text not null,
      binding_profile jsonb not null,
      binding_vif_details jsonb not null default '{}',
      dns_name text not null,
      created_for_instance text,
      unique (network_id, mac_address)
    )`.execute(db);
  await sql`create index ports_project on ports (project_id)`.execute(db);
  await sql`create index ports_device on ports (device_id) where device_id <> ''`.execute(db);
}

async function createAddresses(db: MigrationDatabase): Promise<void> {
  // The primary key decides which port has an address.
  await sql`
    create table ip_allocations (
      subnet_id text not null references subnets (id) on delete cascade,
      ip_address inet not null,
      port_id text not null references ports (id) on delete cascade,
      position bigint generated always as identity,
      primary key (subnet_id, ip_address)
    )`.execute(db);
  await sql`create index ip_allocations_port on ip_allocations (port_id)`.execute(db);
  await sql`create index ip_allocations_address on ip_allocations (ip_address)`.execute(db);
}
