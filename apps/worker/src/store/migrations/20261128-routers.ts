import { sql } from 'kysely';
import { standardColumns } from './standard-columns.js';
import type { Migration } from './migration.js';

/** Routers, what they are joined to, and floating IPs. */
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
    // The first one of a router is the gateway that old clients know.
    await sql`
      create table router_gateways (
        port_id text primary key references ports (id) on delete cascade,
        router_id text not null references routers (id),
        position bigint generated always as identity
      )`.execute(db);
    await sql`create index router_gateways_router on router_gateways (router_id)`.execute(db);
    // One port may lead to several IPv6 subnets of its network; a subnet is reached by one port of a router.
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
