import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { PortData, RequestedNetwork } from '#libs/contracts';
import type { Transaction } from '../../store/index.js';
import { defaultNetworkSettings } from '../network-settings.js';
import type { NetworkSettings } from '../network-settings.js';
import { insertPort } from '../ports/insert-port.js';
import { findPort, loadPorts } from '../ports/load-ports.js';
import { bindingOf } from '../ports/port-binding.js';
import { requireQuota } from '../quota.js';
import { requirePortIsFree } from './resolve-requested-networks.js';

/** Which server gets ports, and where. */
export interface InstancePortsRequest {
  readonly instance_id: string;
  readonly project_id: string;
  /** The compute host that the ports are bound to. */
  readonly host: string;
  /** As resolveRequestedNetworks answered. */
  readonly requested: readonly RequestedNetwork[];
}

const DEVICE_OWNER = 'compute:nova';

/**
 * Gives a server its ports, in the order asked for, status DOWN. Repeated for a server that has ports it answers these,
 * bound to the host: a build that starts again never makes a second set.
 * Errors: PortInUse, NetworkInvalid (what was resolved is gone), OverQuota and those of addresses.
 */
export async function allocateForInstance(
  tx: Transaction,
  request: InstancePortsRequest,
  settings: NetworkSettings = defaultNetworkSettings,
): Promise<PortData[]> {
  const { instance_id: instanceId, requested } = request;
  // Two workers with the same server: the second waits here and then finds the first one's ports.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`ports:${instanceId}`}, 0))`.execute(tx);
  const existing = await rebindPorts(tx, instanceId, request.host);
  if (existing.length > 0) return existing;
  const created = requested.filter((entry) => entry.port === undefined).length;
  if (created > 0) await requireQuota(tx, settings, 'port', request.project_id, created);
  const ports: PortData[] = [];
  for (const entry of requested) {
    ports.push(
      entry.port === undefined
        ? await createPort(tx, request, entry, settings.options.baseMac)
        : await takePort(tx, request, entry.port),
    );
  }
  return ports;
}

async function rebindPorts(tx: Transaction, instanceId: string, host: string): Promise<PortData[]> {
  const binding = bindingOf(host);
  await tx
    .updateTable('ports')
    .set((row) => ({ ...binding, revision_number: row('revision_number', '+', 1), updated_at: sql<string>`now()` }))
    .where('device_id', '=', instanceId)
    .where('binding_host_id', '<>', host)
    .execute();
  return [...(await loadPorts(tx, sql<boolean>`p.device_id = ${instanceId}`))];
}

async function createPort(
  tx: Transaction,
  request: InstancePortsRequest,
  entry: RequestedNetwork,
  baseMac: string,
): Promise<PortData> {
  const networkId = entry.uuid ?? '';
  // The key share lock keeps the network until the commit; without it the insert's foreign key would be the one to fail.
  const network = await sql<{ port_security_enabled: boolean }>`
    select port_security_enabled from networks where id = ${networkId} for key share`.execute(tx);
  const [row] = network.rows;
  if (row === undefined) throw new ExpectedError('NetworkInvalid', `Network ${networkId} could not be found.`);
  const port = {
    network_id: networkId,
    project_id: request.project_id,
    name: '',
    description: '',
    admin_state_up: true,
    device_id: request.instance_id,
    device_owner: DEVICE_OWNER,
    port_security_enabled: row.port_security_enabled,
    allowed_address_pairs: [],
    binding_host_id: request.host,
    binding_vnic_type: 'normal',
    binding_profile: {},
    dns_name: '',
    mac_address: null,
    fixed_ips: entry.fixed_ip === undefined ? undefined : [{ ip_address: entry.fixed_ip }],
    created_for_instance: request.instance_id,
  };
  return insertPort(tx, port, baseMac);
}

async function takePort(tx: Transaction, request: InstancePortsRequest, id: string): Promise<PortData> {
  const port = await findPort(tx, id, true);
  if (port === null) throw new ExpectedError('NetworkInvalid', `Port id ${id} could not be found.`);
  requirePortIsFree(port);
  await tx
    .updateTable('ports')
    .set((row) => ({
      ...bindingOf(request.host),
      device_id: request.instance_id,
      device_owner: DEVICE_OWNER,
      revision_number: row('revision_number', '+', 1),
      updated_at: sql<string>`now()`,
    }))
    .where('id', '=', id)
    .execute();
  const taken = await findPort(tx, id);
  if (taken === null) throw new Error(`port ${id} is gone while it is locked`);
  return taken;
}
