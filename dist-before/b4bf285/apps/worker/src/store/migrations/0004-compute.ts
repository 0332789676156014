import { sql } from 'kysely';
import type { Migration, MigrationDatabase } from './migration.js';

export const compute: Migration = {
  name: '0004-compute',
  async up(db) {
    await createFlavors(db);
    await createKeypairs(db);
    await createInstances(db);
    await createHosts(db);
  },
};

async function createFlavors(db: MigrationDatabase): Promise<void> {
  await sql`
    create table flavors (
      id text primary key,
      name text not null unique,
      vcpus integer not null,
      ram integer not null,
      disk integer not null,
      ephemeral integer not null default 0,
      swap integer not null default 0,
      rxtx_factor double precision not null default 1,
      is_public boolean not null default true,
      disabled boolean not null default false,
      description text,
      extra_specs jsonb not null default '{}',
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`
    create table flavor_projects (
      flavor_id text not null references flavors (id) on delete cascade,
      project_id text not null,
      primary key (flavor_id, project_id)
    )`.execute(db);
  // The flavors that OpenStack's installers make, with their well-known ids.
  await sql`
    insert into flavors (id, name, vcpus, ram, disk) values
      ('1', 'm1.tiny', 1, 512, 1),
      ('2', 'm1.small', 1, 2048, 20),
      ('3', 'm1.medium', 2, 4096, 40),
      ('4', 'm1.large', 4, 8192, 80),
      ('5', 'm1.xlarge', 8, 16384, 160)`.execute(db);
}

async function createKeypairs(db: MigrationDatabase): Promise<void> {
  await sql`
    create table keypairs (
      user_id text not null,
      name text not null,
      type text not null,
      public_key text not null,
      fingerprint text not null,
      created_at timestamptz not null default now(),
      primary key (user_id, name)
    )`.execute(db);
}

async function createInstances(db: MigrationDatabase): Promise<void> {
  await sql`
    create table instances (
      id text primary key,
      number bigint generated always as identity,
      name text not null,
      description text,
      hostname text not null,
      project_id text not null,
      user_id text not null,
      vm_state text not null,
      task_state text,
      power_state integer not null default 0,
      progress integer not null default 0,
      host text,
      node text,
      availability_zone text,
      image_ref text not null,
      flavor jsonb not null,
      flavor_id text not null,
      vcpus integer not null,
      ram integer not null,
      key_name text,
      public_key text,
      metadata jsonb not null default '{}',
      config_drive boolean not null default false,
      user_data text,
      access_ip_v4 text not null default '',
      access_ip_v6 text not null default '',
      locked boolean not null default false,
      launch_index integer not null default 0,
      reservation_id text not null,
      root_device_name text,
      security_groups jsonb not null default '[]',
      requested_networks jsonb not null default '[]',
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      launched_at timestamptz,
      terminated_at timestamptz,
      deleted boolean not null default false,
      repaired_at timestamptz
    )`.execute(db);
  await sql`create index instances_project on instances (project_id, created_at, id) where not deleted`.execute(db);
  await sql`create index instances_created on instances (created_at, id)`.execute(db);
  await sql`create index instances_changed on instances (updated_at)`.execute(db);
  await sql`create index instances_busy on instances (updated_at) where task_state is not null`.execute(db);
  await sql`
    create table instance_faults (
      instance_id text primary key references instances (id) on delete cascade,
      code integer not null,
      message text not null,
      details text not null default '',
      created_at timestamptz not null default now()
    )`.execute(db);
}

async function createHosts(db: MigrationDatabase): Promise<void> {
  await sql`
    create table compute_nodes (
      host text primary key,
      node text not null,
      vcpus integer not null,
      memory integer not null,
      disk integer not null,
      updated_at timestamptz not null default now()
    )`.execute(db);
  await sql`
    create table allocations (
      instance_id text primary key,
      host text not null,
      vcpus integer not null,
      memory integer not null,
      disk integer not null
    )`.execute(db);
  await sql`create index allocations_host on allocations (host)`.execute(db);
  await sql`
    create table fake_machines (
      instance_id text primary key,
      host text not null,
      power_state integer not null,
      last_task text not null,
      updated_at timestamptz not null default now()
    )`.execute(db);
}
