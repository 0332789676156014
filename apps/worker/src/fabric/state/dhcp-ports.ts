import { sql } from 'kysely';
import { getLogger } from '#libs/telemetry';
import { SERVED_NETWORKS, isHeld } from '../../network/agents/agent-scheduling.js';
import { changeAddresses } from '../../network/ports/change-addresses.js';
import { insertPort } from '../../network/ports/insert-port.js';
import { findPort } from '../../network/ports/load-ports.js';
import { servicePort } from '../../network/ports/service-port.js';
import type { Queries, Store, Transaction } from '../../store/index.js';
import { dhcpDeviceId } from './dhcp-device-id.js';

const log = getLogger('albireo.fabric');

const DHCP_OWNER = 'network:dhcp';

interface Served {
  readonly id: string;
  readonly project_id: string;
  readonly port_id: string | null;
  readonly wanted: readonly string[];
  readonly has: readonly string[];
}

/**
 * Gives the networks of a host's guests the host's DHCP ports: one per network, with an address in each subnet that has
 * DHCP, as a DHCP agent of neutron would request. Deletes the ports of networks without guests here. A network without
 * free addresses gets no port, and its guests get no DHCP answers.
 */
export async function keepDhcpPorts(
  store: Store,
  host: string,
  baseMac: string,
  plugged: readonly string[],
): Promise<void> {
  const prefix = dhcpDeviceId(host, '');
  const { rows } = await sql<Served>`
    select n.id, n.project_id, d.id as port_id,
      array(select s.id from subnets s where s.network_id = n.id and s.enable_dhcp and ${isHeld(SERVED_NETWORKS, sql`n.id`)}
        order by s.id) as wanted,
      array(select a.subnet_id from ip_allocations a where a.port_id = d.id order by a.subnet_id) as has
    from networks n
    left join ports d on d.network_id = n.id and d.device_id = ${prefix} || n.id and d.device_owner = ${DHCP_OWNER}
    where n.id in (select p.network_id from ports p where p.id = any(${[...plugged]}::text[]))
    order by n.id`.execute(store.db);
  for (const network of rows) {
    if (network.wanted.join() === network.has.join() && (network.port_id !== null || network.wanted.length === 0)) {
      continue;
    }
    try {
      await store.transaction((tx) => keepPort(tx, network, `${prefix}${network.id}`, host, baseMac), {
        name: 'fabric.dhcp-port',
      });
    } catch (error) {
      log.warning('A network has no DHCP port on this host', { network: network.id, error: String(error) });
    }
  }
  await removeOthers(
    store.db,
    prefix,
    rows.map(({ id }) => id),
  );
}

async function keepPort(
  tx: Transaction,
  { id: networkId, project_id: projectId, wanted }: Served,
  deviceId: string,
  host: string,
  baseMac: string,
): Promise<void> {
  // Locks the network's row first, as in every allocation of addresses; the network may already be deleted.
  const held = await sql`select 1 from networks where id = ${networkId} for no key update`.execute(tx);
  if (held.rows.length === 0) return;
  const found = await sql<{ id: string }>`
    select id from ports where network_id = ${networkId} and device_id = ${deviceId}
      and device_owner = ${DHCP_OWNER} for no key update`.execute(tx);
  const portId = found.rows[0]?.id;
  const fixedIps = wanted.map((subnetId) => ({ subnet_id: subnetId }));
  if (portId === undefined) {
    const port = servicePort({
      network_id: networkId,
      project_id: projectId,
      device_id: deviceId,
      device_owner: DHCP_OWNER,
      fixed_ips: fixedIps,
    });
    const stored = await insertPort(tx, { ...port, binding_host_id: host }, baseMac);
    await sql`update ports set status = 'ACTIVE' where id = ${stored.id}`.execute(tx);
    return;
  }
  const port = await findPort(tx, portId);
  if (port === null) return;
  await changeAddresses(tx, port, fixedIps);
  // When DHCP is disabled on the subnet, a self-generated address is removed as well.
  await sql`
    delete from ip_allocations where port_id = ${portId} and subnet_id <> all(${[...wanted]}::text[])`.execute(tx);
  if (wanted.length === 0) await sql`delete from ports where id = ${portId}`.execute(tx);
}

/** Deletes all DHCP ports of a host that has no guests any more. */
export function removeDhcpPorts({ db }: Store, host: string): Promise<void> {
  return removeOthers(db, dhcpDeviceId(host, ''), []);
}

async function removeOthers(db: Queries, prefix: string, networks: readonly string[]): Promise<void> {
  await sql`
    delete from ports where device_owner = ${DHCP_OWNER} and left(device_id, ${prefix.length}) = ${prefix}
      and network_id <> all(${[...networks]}::text[])`.execute(db);
}
