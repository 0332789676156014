import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** QinQ of networks, and further hosts that ports are bound to, and a view of them together with those of the ports' own columns. */
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
