import { sql } from 'kysely';
import { standardColumns } from './standard-columns.js';
import type { Migration } from './migration.js';

/** Local IPs with the ports that answer them, and logs of security groups. */
export const localIps: Migration = {
  name: '20261129-local-ips',
  async up(db) {
    await sql`
      create table local_ips (
        ${standardColumns},
        name text not null,
        local_port_id text not null references ports (id),
        network_id text not null,
        local_ip_address inet not null,
        ip_mode text not null
      )`.execute(db);
    await sql`create index local_ips_project on local_ips (project_id)`.execute(db);
    await sql`create index local_ips_port on local_ips (local_port_id)`.execute(db);
    await sql`
      create table local_ip_associations (
        id text primary key,
        project_id text not null,
        local_ip_id text not null references local_ips (id),
        fixed_port_id text not null references ports (id) on delete cascade,
        fixed_ip inet not null
      )`.execute(db);
    await sql`create index local_ip_associations_ip on local_ip_associations (local_ip_id)`.execute(db);
    await sql`create index local_ip_associations_port on local_ip_associations (fixed_port_id)`.execute(db);
    await sql`
      create table logs (
        ${standardColumns},
        name text not null,
        resource_type text not null,
        resource_id text references security_groups (id) on delete cascade,
        event text not null,
        target_id text references ports (id) on delete cascade,
        enabled boolean not null
      )`.execute(db);
    await sql`create index logs_project on logs (project_id)`.execute(db);
    await sql`create index logs_resource on logs (resource_id)`.execute(db);
    await sql`create index logs_target on logs (target_id)`.execute(db);
  },
};
