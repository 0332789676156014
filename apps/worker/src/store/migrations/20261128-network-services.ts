import { sql } from 'kysely';
import type { Migration } from './migration.js';
import { standardColumns } from './standard-columns.js';

/** Metering labels with their rules, and options of ports for DHCP. */
export const metering: Migration = {
  name: '20261128-metering',
  async up(db) {
    await sql`
      create table metering_labels (
        id text primary key,
        project_id text not null,
        name text not null,
        description text not null,
        shared boolean not null
      )`.execute(db);
    await sql`create index metering_labels_project on metering_labels (project_id)`.execute(db);
    await sql`
      create table metering_label_rules (
        id text primary key,
        project_id text not null,
        metering_label_id text not null references metering_labels (id) on delete cascade,
        direction text not null,
        excluded boolean not null,
        remote_ip_prefix text,
        source_ip_prefix text,
        destination_ip_prefix text
      )`.execute(db);
    await sql`create index metering_label_rules_label on metering_label_rules (metering_label_id)`.execute(db);
    await sql`create index metering_label_rules_project on metering_label_rules (project_id)`.execute(db);
    await sql`alter table ports add column extra_dhcp_opts jsonb not null default '[]'`.execute(db);
  },
};

/** Kinds of rules and their columns. */
const RULES = {
  bandwidth_limit: sql`max_kbps integer not null, max_burst_kbps integer not null, direction text not null`,
  dscp_marking: sql`dscp_mark integer not null`,
  minimum_bandwidth: sql`min_kbps integer not null, direction text not null`,
  packet_rate_limit: sql`max_kpps integer not null, max_burst_kpps integer not null, direction text not null`,
  minimum_packet_rate: sql`min_kpps integer not null, direction text not null`,
} as const;

/** QoS policies, their rules, and the objects that have a policy. */
export const qos: Migration = {
  name: '20261128-qos',
  async up(db) {
    await sql`
      create table qos_policies (
        ${standardColumns},
        name text not null,
        tags jsonb not null default '[]',
        shared boolean not null,
        is_default boolean not null
      )`.execute(db);
    await sql`create index qos_policies_project on qos_policies (project_id)`.execute(db);
    await sql`create unique index qos_policies_default on qos_policies (project_id) where is_default`.execute(db);
    for (const [type, columns] of Object.entries(RULES)) {
      const table = `qos_${type}_rules`;
      await sql`
        create table ${sql.table(table)} (
          id text primary key,
          project_id text not null,
          qos_policy_id text not null references qos_policies (id) on delete cascade,
          ${columns}
        )`.execute(db);
      const key = type === 'dscp_marking' ? sql`qos_policy_id` : sql`qos_policy_id, direction`;
      await sql`create unique index ${sql.ref(`${table}_key`)} on ${sql.table(table)} (${key})`.execute(db);
    }
    for (const table of ['networks', 'ports', 'floatingips']) {
      await sql`
        alter table ${sql.table(table)} add column qos_policy_id text references qos_policies (id)`.execute(db);
      await sql`
        create index ${sql.ref(`${table}_qos`)} on ${sql.table(table)} (qos_policy_id)
        where qos_policy_id is not null`.execute(db);
    }
  },
};

/** Trunks and the ports that they carry. A port is in one trunk, as its parent or as a subport: see TrunkManager. */
export const trunks: Migration = {
  name: '20261128-trunks',
  async up(db) {
    await sql`
      create table trunks (
        ${standardColumns},
        name text not null,
        tags jsonb not null default '[]',
        admin_state_up boolean not null,
        port_id text not null unique references ports (id) on delete cascade
      )`.execute(db);
    await sql`create index trunks_project on trunks (project_id)`.execute(db);
    await sql`
      create table subports (
        port_id text primary key references ports (id) on delete cascade,
        trunk_id text not null references trunks (id) on delete cascade,
        segmentation_type text not null,
        segmentation_id integer not null,
        position bigint generated always as identity,
        unique (trunk_id, segmentation_type, segmentation_id)
      )`.execute(db);
  },
};

/** Agents as they report themselves, their bindings, and their zones. */
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
