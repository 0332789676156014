import { sql } from 'kysely';
import { standardColumns } from './standard-columns.js';
import type { Migration } from './migration.js';

/** Kinds of rules and their columns. */
const RULES = {
  bandwidth_limit: sql`max_kbps integer not null, max_burst_kbps integer not null, direction text not null`,
  dscp_marking: sql`dscp_mark integer not null`,
  minimum_bandwidth: sql`min_kbps integer not null, direction text not null`,
  packet_rate_limit: sql`max_kpps integer not null, max_burst_kpps integer not null, direction text not null`,
  minimum_packet_rate: sql`min_kpps integer not null, direction text not null`,
} as const;

/** QoS policies, their rules, and what has a policy. */
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
