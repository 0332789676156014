import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** Further attributes of ports, subnets, floating IPs and gateways. */
export const portAttributes: Migration = {
  name: '20261129-port-attributes',
  async up(db) {
    await sql`
      alter table ports
        add column dns_domain text not null default '',
        add column data_plane_status text,
        add column device_profile text,
        add column hardware_offload_type text,
        add column hints jsonb,
        add column ip_allocation text not null default 'immediate',
        add column numa_affinity_policy text,
        add column propagate_uplink_status boolean not null default true,
        add column trusted boolean`.execute(db);
    await sql`
      alter table subnets
        add column dns_publish_fixed_ip boolean not null default false,
        add column service_types jsonb not null default '[]'`.execute(db);
    await sql`alter table router_gateways add column qos_policy_id text references qos_policies (id)`.execute(db);
    await sql`
      create index router_gateways_qos on router_gateways (qos_policy_id) where qos_policy_id is not null`.execute(db);
  },
};
