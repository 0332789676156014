import { sql } from 'kysely';
import type { Migration } from './migration.js';
import { standardColumns } from './standard-columns.js';

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

/** Local IPs with their ports, and logs of security groups. */
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

/**
 * Segments of networks. A network's own columns are its first segment's; `segments` lists them if the number is not
 * one. The trigger creates the first one, also for networks that an older worker creates.
 */
export const segments: Migration = {
  name: '20261129-segments',
  async up(db) {
    await sql`
      create table network_segments (
        ${standardColumns},
        name text,
        tags jsonb not null default '[]',
        network_id text not null references networks (id) on delete cascade,
        network_type text not null,
        physical_network text,
        segmentation_id integer,
        segment_index integer not null
      )`.execute(db);
    await sql`
      create unique index network_segments_place on network_segments
        (network_type, coalesce(physical_network, ''), segmentation_id)`.execute(db);
    await sql`
      create unique index network_segments_order on network_segments (network_id, segment_index)`.execute(db);
    await sql`alter table networks add column segments jsonb`.execute(db);
    await sql`
      alter table subnets add column segment_id text references network_segments (id)`.execute(db);
    await sql`create index subnets_segment on subnets (segment_id) where segment_id is not null`.execute(db);
    await sql`
      insert into network_segments (id, project_id, description, network_id, network_type, physical_network,
        segmentation_id, segment_index, created_at, updated_at)
      select gen_random_uuid()::text, project_id, '', id, provider_network_type, provider_physical_network,
        provider_segmentation_id, 0, created_at, created_at
      from networks`.execute(db);
    await sql`
      create function first_segment() returns trigger language plpgsql as $$
      begin
        insert into network_segments (id, project_id, description, network_id, network_type, physical_network,
          segmentation_id, segment_index)
        values (gen_random_uuid()::text, new.project_id, '', new.id, new.provider_network_type,
          new.provider_physical_network, new.provider_segmentation_id, 0)
        on conflict do nothing;
        return null;
      end $$`.execute(db);
    await sql`
      create trigger first_segment after insert on networks
      for each row execute function first_segment()`.execute(db);
  },
};

/** The network and router that a project got automatically. */
export const autoTopology: Migration = {
  name: '20261129-auto-topology',
  async up(db) {
    await sql`
      create table auto_allocated_topologies (
        project_id text primary key,
        network_id text not null references networks (id) on delete cascade,
        router_id text references routers (id) on delete set null
      )`.execute(db);
  },
};

/**
 * QinQ of networks, further hosts to which ports are bound, and a view of these together with the bindings in the
 * ports' own columns.
 */
export const portBindings: Migration = {
  name: '20261129-port-bindings',
  async up(db) {
    await sql`alter table networks add column qinq boolean`.execute(db);
    await sql`
      create table inactive_port_bindings (
        port_id text not null references ports (id) on delete cascade,
        host text not null,
        vnic_type text not null,
        profile jsonb not null,
        vif_type text not null,
        vif_details jsonb not null default '{}',
        primary key (port_id, host)
      )`.execute(db);
    await sql`
      create view port_bindings as
        select id || '/' || binding_host_id as id, project_id, id as port_id, binding_host_id as host,
          binding_vnic_type as vnic_type, binding_profile as profile, binding_vif_type as vif_type,
          binding_vif_details as vif_details, 'ACTIVE' as status
        from ports
        union all
        select b.port_id || '/' || b.host, p.project_id, b.port_id, b.host, b.vnic_type, b.profile, b.vif_type,
          b.vif_details, 'INACTIVE'
        from inactive_port_bindings b join ports p on p.id = b.port_id`.execute(db);
  },
};

/** The active L3 agent of an HA router, and one gateway port per agent and external network. */
export const agentGatewayPorts: Migration = {
  name: '20261129-agent-gateway-ports',
  async up(db) {
    await sql`alter table router_l3_agent_bindings add column ha_state text not null default 'standby'`.execute(db);
    await sql`
      create unique index ports_agent_gateway on ports (network_id, device_id)
      where device_owner = 'network:floatingip_agent_gateway'`.execute(db);
  },
};

/**
 * The security groups with which a server was created are in its request_spec. If newer workers leave the column empty,
 * older ones use the group `default`.
 */
export const askedSecurityGroups: Migration = {
  name: '20261129-asked-security-groups',
  async up(db) {
    await sql`alter table instances alter column security_groups set default '["default"]'`.execute(db);
  },
};
