import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** Agents as they report themselves, what each holds, and the zones that they are in. */
export const agents: Migration = {
  name: '20261128-agents',
  async up(db) {
    await sql`
      create table agents (
        id text primary key,
        agent_type text not null,
        "binary" text not null,
        topic text not null,
        host text not null,
        availability_zone text,
        admin_state_up boolean not null default true,
        description text,
        configurations jsonb not null default '{}',
        down_time integer not null,
        created_at timestamptz not null default clock_timestamp(),
        started_at timestamptz not null default clock_timestamp(),
        heartbeat_timestamp timestamptz not null default clock_timestamp(),
        unique (agent_type, host)
      )`.execute(db);
    await sql`
      create table router_l3_agent_bindings (
        router_id text not null references routers (id) on delete cascade,
        agent_id text not null references agents (id) on delete cascade,
        primary key (router_id, agent_id)
      )`.execute(db);
    await sql`create index router_l3_agent_bindings_agent on router_l3_agent_bindings (agent_id)`.execute(db);
    await sql`
      create table network_dhcp_agent_bindings (
        network_id text not null references networks (id) on delete cascade,
        agent_id text not null references agents (id) on delete cascade,
        primary key (network_id, agent_id)
      )`.execute(db);
    await sql`create index network_dhcp_agent_bindings_agent on network_dhcp_agent_bindings (agent_id)`.execute(db);
    await sql`
      create view availability_zones as
        select r.resource || ':' || a.availability_zone as id, a.availability_zone as name, r.resource,
          case when bool_or(a.admin_state_up) then 'available' else 'unavailable' end as state
        from agents a join (values ('L3 agent', 'router'), ('DHCP agent', 'network')) as r (agent_type, resource)
          on r.agent_type = a.agent_type
        where a.availability_zone is not null
        group by r.resource, a.availability_zone`.execute(db);
  },
};
