import { sql } from 'kysely';
import type { Migration, MigrationDatabase } from './migration.js';

/** Limits that override the configuration's: of a project, and of a class (`default`: every project). */
export const quotas: Migration = {
  name: '20261128-quotas',
  async up(db) {
    await sql`
      create table quotas (
        service text not null,
        project_id text not null,
        resource text not null,
        hard_limit integer not null check (hard_limit >= -1),
        primary key (service, project_id, resource)
      )`.execute(db);
    await sql`
      create table quota_classes (
        service text not null,
        class_name text not null,
        resource text not null,
        hard_limit integer not null check (hard_limit >= -1),
        primary key (service, class_name, resource)
      )`.execute(db);
  },
};

/**
 * The index of a port among its server's NICs. Null for ports without a server, and for ports bound before this
 * migration.
 */
export const serverNics: Migration = {
  name: '20261128-server-nics',
  async up(db) {
    await sql`alter table ports add column nic_index integer, add column nic_tag text`.execute(db);
  },
};

/** Data of server actions: their records, moves between hosts, locks, deferred deletes. */
export const serverActions: Migration = {
  name: '20261128-server-actions',
  async up(db) {
    await sql`
      alter table instances
        add column locked_by text,
        add column locked_reason text,
        add column old_flavor jsonb,
        add column task_arguments jsonb,
        add column soft_deleted_at timestamptz`.execute(db);
    await sql`
      create index instances_reclaimable on instances (soft_deleted_at) where soft_deleted_at is not null`.execute(db);
    await createRecords(db);
    await createMigrations(db);
    // A consumer, in Placement's terms, is a server or, during a move, its migration, which holds the other host.
    await sql`alter table allocations add column consumer_type text not null default 'instance'`.execute(db);
  },
};

/** Kept after the server is deleted: no foreign key to it. */
async function createRecords(db: MigrationDatabase): Promise<void> {
  await sql`
    create table instance_actions (
      id bigint generated always as identity primary key,
      instance_id text not null,
      action text not null,
      request_id text not null,
      user_id text,
      project_id text,
      message text,
      start_time timestamptz not null default clock_timestamp(),
      updated_at timestamptz not null default clock_timestamp()
    )`.execute(db);
  await sql`create index instance_actions_instance on instance_actions (instance_id, id)`.execute(db);
  await sql`
    create table instance_action_events (
      id bigint generated always as identity primary key,
      action_id bigint not null references instance_actions (id) on delete cascade,
      event text not null,
      host text,
      start_time timestamptz not null default clock_timestamp(),
      finish_time timestamptz,
      result text,
      traceback text,
      details text,
      unique (action_id, event)
    )`.execute(db);
}

async function createMigrations(db: MigrationDatabase): Promise<void> {
  await sql`
    create table migrations (
      id bigint generated always as identity primary key,
      uuid text not null unique,
      instance_id text not null,
      migration_type text not null,
      status text not null,
      source_compute text,
      source_node text,
      dest_compute text,
      dest_node text,
      requested_host text,
      old_flavor jsonb,
      new_flavor jsonb,
      old_vm_state text,
      old_power_state integer,
      user_id text,
      project_id text,
      created_at timestamptz not null default clock_timestamp(),
      updated_at timestamptz not null default clock_timestamp()
    )`.execute(db);
  await sql`create index migrations_instance on migrations (instance_id, id)`.execute(db);
  await sql`create index migrations_unfinished on migrations (status, updated_at)`.execute(db);
}

/** Further data of nova's API about servers, hosts, services and key pairs; groups and aggregates. */
export const computeAnswers: Migration = {
  name: '20261128-compute-answers',
  async up(db) {
    await sql`
      alter table instances
        add column auto_disk_config boolean not null default false,
        add column tags jsonb not null default '[]',
        add column trusted_certs jsonb,
        add column injected_files jsonb not null default '[]',
        add column image_properties jsonb not null default '{}',
        add column request_spec jsonb not null default '{}',
        add column server_group_id text`.execute(db);
    await sql`create index instances_host on instances (host) where not deleted`.execute(db);
    await sql`create index instances_group on instances (server_group_id) where server_group_id is not null`.execute(
      db,
    );
    await sql`
      alter table services
        add column number bigint generated by default as identity unique,
        add column forced_down boolean not null default false`.execute(db);
    await sql`alter table keypairs add column number bigint generated by default as identity unique`.execute(db);
    await sql`
      alter table compute_nodes
        add column id text not null default gen_random_uuid()::text unique,
        add column number bigint generated by default as identity unique,
        add column hypervisor_type text not null default '',
        add column hypervisor_version integer not null default 0,
        add column host_ip text not null default '',
        add column cpu_info jsonb not null default '{}',
        add column uptime text`.execute(db);
    await sql`
      create table instance_groups (
        id text primary key,
        name text not null,
        project_id text not null,
        user_id text not null,
        policy text not null,
        rules jsonb not null default '{}',
        created_at timestamptz not null default now()
      )`.execute(db);
    await sql`create index instance_groups_project on instance_groups (project_id)`.execute(db);
    await sql`
      create table aggregates (
        id bigint generated by default as identity primary key,
        uuid text not null unique default gen_random_uuid()::text,
        name text not null unique,
        metadata jsonb not null default '{}',
        created_at timestamptz not null default now(),
        updated_at timestamptz
      )`.execute(db);
    await sql`
      create table aggregate_hosts (
        aggregate_id bigint not null references aggregates (id) on delete cascade,
        host text not null,
        primary key (aggregate_id, host)
      )`.execute(db);
    await sql`create index aggregate_hosts_host on aggregate_hosts (host)`.execute(db);
  },
};

/** Hosts of the fake driver that were set to fail. */
export const fakeHosts: Migration = {
  name: '20261128-fake-hosts',
  async up(db) {
    await sql`create table fake_hosts_down (host text primary key)`.execute(db);
  },
};

/** Guests that their host has to remove when it is up again. */
export const leftoverGuests: Migration = {
  name: '20261128-leftover-guests',
  async up(db) {
    await sql`
      create table leftover_guests (
        host text not null,
        instance_id text not null references instances (id) on delete cascade,
        created_at timestamptz not null default now(),
        primary key (host, instance_id)
      )`.execute(db);
  },
};

/** The image from which a shelved server is restored. */
export const shelvedImage: Migration = {
  name: '20261128-shelved-image',
  async up(db) {
    await sql`alter table instances add column shelved_image_id text`.execute(db);
  },
};

/** The disks of servers, including those from an image or a flavor. */
export const blockDevices: Migration = {
  name: '20261128-block-devices',
  async up(db) {
    await sql`
      create table block_device_mappings (
        id bigint generated always as identity primary key,
        instance_id text not null references instances (id) on delete cascade,
        source_type text not null,
        destination_type text not null,
        boot_index integer,
        device_name text,
        device_type text,
        disk_bus text,
        guest_format text,
        image_id text,
        volume_size integer,
        delete_on_termination boolean not null,
        tag text,
        created_at timestamptz not null default clock_timestamp()
      )`.execute(db);
    await sql`create index block_device_mappings_instance on block_device_mappings (instance_id)`.execute(db);
  },
};

/** Tokens of consoles: only a hash of the token is stored. */
export const consoleTokens: Migration = {
  name: '20261128-console-tokens',
  async up(db) {
    await sql`
      create table console_tokens (
        token_hash text primary key,
        instance_id text not null references instances (id) on delete cascade,
        protocol text not null,
        console_type text not null,
        host text not null,
        port integer not null,
        tls_port integer,
        socket_path text,
        access_url_base text not null,
        created_at timestamptz not null default now(),
        expires_at timestamptz not null
      )`.execute(db);
    await sql`create index console_tokens_expires on console_tokens (expires_at)`.execute(db);
    await sql`create index console_tokens_instance on console_tokens (instance_id)`.execute(db);
  },
};
