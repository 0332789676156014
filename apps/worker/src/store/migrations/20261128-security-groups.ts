import { sql } from 'kysely';
import { standardColumns } from './standard-columns.js';
import type { Migration } from './migration.js';

/**
 * Groups, their rules, and which ports have them. `ports.security_groups`, which was always empty, stays for workers of
 * the version before.
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
