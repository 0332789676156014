import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** What each of neutron's own DHCP agents was told last of the networks that it serves. */
export const dhcpAgentNotices: Migration = {
  name: '20261129-dhcp-agent-notices',
  async up(db) {
    await sql`
      create table dhcp_agent_told (
        host text not null,
        object_id text not null,
        network_id text not null,
        kind text not null,
        revision bigint not null,
        primary key (host, object_id)
      )`.execute(db);
  },
};
