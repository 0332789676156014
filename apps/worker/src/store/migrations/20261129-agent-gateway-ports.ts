import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** Which L3 agent is the active one of an HA router, and one gateway port for an agent and external network. */
export const agentGatewayPorts: Migration = {
  name: '20261129-agent-gateway-ports',
  async up(db) {
    await sql`alter table router_l3_agent_bindings add column ha_state text not null default 'standby'`.execute(db);
    await sql`
      create unique index ports_agent_gateway on ports (network_id, device_id)
      where device_owner = 'network:floatingip_agent_gateway'`.execute(db);
  },
};
