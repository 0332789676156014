import { sql } from 'kysely';
import type { Migration } from './migration.js';

/**
 * How many times its limit an agent may be silent before changes are no longer recorded for it: it requests the whole
 * state when it is back.
 */
const heard = sql`a.heartbeat_timestamp > business_clock() - 2 * a.down_time * interval '1 second'`;

/**
 * The notices for neutron's own agents: triggers record them in the transaction of the change itself, whatever code
 * makes it. Agents of workers get none; without other agents each trigger costs one index look-up.
 */
export const agentChanges: Migration = {
  name: '20261129-agent-changes',
  async up(db) {
    await sql`
      create table agent_changes (
        id bigint generated always as identity primary key,
        agent_id text not null,
        kind text not null,
        object_id text not null,
        network_id text,
        operation text not null,
        failures integer not null default 0
      )`.execute(db);
    await sql`
      create table agent_change_readers (
        topic text primary key,
        reader text not null,
        held_until timestamptz not null
      )`.execute(db);
    await sql`
      create function note_network_change(network text, what text, object text, how text) returns void
      language plpgsql as $$
      begin
        insert into agent_changes (agent_id, kind, object_id, network_id, operation)
        select a.id, what, object, network, how
        from network_dhcp_agent_bindings b join agents a on a.id = b.agent_id
        where b.network_id = network and a.topic = 'dhcp_agent' and ${heard};
      end $$`.execute(db);
    await sql`
      create function note_router_change(router text) returns void language plpgsql as $$
      begin
        insert into agent_changes (agent_id, kind, object_id, operation)
        select a.id, 'router', router, 'update'
        from router_l3_agent_bindings b join agents a on a.id = b.agent_id
        where b.router_id = router and a.topic = 'l3_agent' and ${heard};
      end $$`.execute(db);
    for (const [name, table, when, body] of TRIGGERS) {
      const call = sql.raw(name);
      await sql`
        create function ${call}() returns trigger language plpgsql as $$
        begin
          ${body}
          return null;
        end $$`.execute(db);
      await sql`
        create trigger ${call} after ${sql.raw(when)} on ${sql.table(table)}
        for each row execute function ${call}()`.execute(db);
    }
  },
};

/** The notice for a binding to an agent that is added or removed; the object's id is the column of that name. */
function binding(kind: 'network' | 'router', network: string) {
  const column = sql.ref(`${kind}_id`);
  const noted = (row: string, operation: string) => sql`
    insert into agent_changes (agent_id, kind, object_id, network_id, operation)
    select a.id, ${sql.lit(kind)}, ${sql.raw(row)}.${column}, ${sql.raw(network.replace('ROW', row))}, ${sql.lit(operation)}
    from agents a where a.id = ${sql.raw(row)}.agent_id and a.topic in ('dhcp_agent', 'l3_agent') and ${heard};`;
  return sql`if tg_op = 'INSERT' then ${noted('new', 'create')} else ${noted('old', 'delete')} end if;`;
}

/** Routers whose ports, addresses and subnets decide what an agent does for them. */
const TRIGGERS = [
  ['note_dhcp_binding', 'network_dhcp_agent_bindings', 'insert or delete', binding('network', 'ROW.network_id')],
  ['note_l3_binding', 'router_l3_agent_bindings', 'insert or delete', binding('router', 'null')],
  [
    'note_agent',
    'agents',
    'update of admin_state_up',
    sql`if new.topic in ('dhcp_agent', 'l3_agent') and new.admin_state_up <> old.admin_state_up then
          insert into agent_changes (agent_id, kind, object_id, operation)
          values (new.id, 'agent', new.id, 'update');
        end if;`,
  ],
  [
    'note_network',
    'networks',
    'update',
    sql`if (new.mtu, new.admin_state_up) is distinct from (old.mtu, old.admin_state_up) then
          perform note_network_change(new.id, 'network', new.id, 'update');
          perform note_router_change(g.router_id) from router_gateways g join ports p on p.id = g.port_id
            where p.network_id = new.id;
        end if;`,
  ],
  [
    'note_subnet',
    'subnets',
    'insert or delete or update of revision_number',
    sql`if tg_op = 'DELETE' then
          perform note_network_change(old.network_id, 'subnet', old.id, 'delete');
        else
          perform note_network_change(new.network_id, 'subnet', new.id, case tg_op when 'INSERT' then 'create' else 'update' end);
          perform note_router_change(i.router_id) from router_interfaces i where i.subnet_id = new.id;
        end if;`,
  ],
  [
    'note_port',
    'ports',
    'insert or delete or update of revision_number',
    sql`if tg_op = 'DELETE' then
          perform note_network_change(old.network_id, 'port', old.id, 'delete');
        else
          perform note_network_change(new.network_id, 'port', new.id, case tg_op when 'INSERT' then 'create' else 'update' end);
          if starts_with(new.device_owner, 'network:router_') then
            perform note_router_change(new.device_id);
          end if;
        end if;`,
  ],
  ['note_router', 'routers', 'update of revision_number', sql`perform note_router_change(new.id);`],
  [
    'note_floatingip',
    'floatingips',
    'insert or delete or update',
    sql`if tg_op <> 'INSERT' and old.router_id is not null then
          perform note_router_change(old.router_id);
        end if;
        if tg_op <> 'DELETE' and new.router_id is not null then
          if tg_op = 'INSERT' or new.router_id is distinct from old.router_id then
            perform note_router_change(new.router_id);
          end if;
        end if;`,
  ],
  [
    'note_port_forwarding',
    'port_forwardings',
    'insert or delete or update',
    sql`perform note_router_change(f.router_id) from floatingips f
          where f.id in (select floatingip_id from (values (new.floatingip_id), (old.floatingip_id)) as v (floatingip_id));`,
  ],
] as const;

/** The last notices that each of neutron's own DHCP agents got about the networks that it serves. */
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
