import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { PortData, RequestedNetwork } from '#libs/contracts';
import { Quotas } from '../../quota/quotas.js';
import type { QuotaHold } from '../../quota/quotas.js';
import type { Transaction } from '../../store/index.js';
import { defaultNetworkSettings } from '../network-settings.js';
import type { NetworkSettings } from '../network-settings.js';
import { portInUse } from '../network.errors.js';
import { insertPort } from '../ports/insert-port.js';
import { findPort, loadPorts } from '../ports/load-ports.js';
import { followHost } from '../ports/update-port.js';
import { dropBindings, prepareBindings, bindingOf } from '../ports/inactive-bindings.js';
import { holdQuota, requireRoom } from '../quota.js';
import { groupsForInstance } from './change-groups.js';
import { belongsTo, nicOrder } from './instance-ref.js';
import type { InstanceRef } from './instance-ref.js';

/** The server that gets ports, and its host. */
export interface InstancePortsRequest {
  readonly instance_id: string;
  readonly project_id: string;
  /** The compute host to which the ports are bound. */
  readonly host: string;
  /** The result of resolveRequestedNetworks. */
  readonly requested: readonly RequestedNetwork[];
  /** Names or ids of the security groups for new ports. @default the project's default group */
  readonly security_groups?: readonly string[];
}

/** The position of a port among its server's NICs. */
export interface Nic {
  readonly nic_index: number;
  readonly nic_tag: string | null;
}

const DEVICE_OWNER = 'compute:nova';

/**
 * Gives a server its ports, in the requested order, with status DOWN. For a server that already has ports it returns
 * these, bound to the host, so a build that starts again never creates a second set. `hold` is the project's locked
 * quota of ports; a transaction that locked rows before this call has to pass it. Errors: PortInUse, NetworkInvalid (a
 * resolved object no longer exists, or a port of another project), OverQuota and those of addresses.
 */
export async function allocateForInstance(
  tx: Transaction,
  request: InstancePortsRequest,
  settings: NetworkSettings = defaultNetworkSettings,
  hold?: QuotaHold<'network'>,
): Promise<PortData[]> {
  const { instance_id: instanceId, project_id: projectId, requested } = request;
  const quota = hold ?? (await holdPorts(tx, settings, projectId));
  const [, existing] = await Promise.all([
    // If two workers process the same server, the second waits here and then finds the ports of the first.
    sql`select pg_advisory_xact_lock(hashtextextended(${`ports:${instanceId}`}, 0))`.execute(tx),
    rebindPorts(tx, { id: instanceId, project_id: request.project_id }, request.host),
  ]);
  if (existing.length > 0) return existing;
  const created = requested.filter((entry) => entry.port === undefined);
  await requireRoom(
    quota,
    'port',
    created.map(() => projectId),
  );
  const ports: PortData[] = [];
  for (const [index, entry] of requested.entries()) {
    const nic = { nic_index: index, nic_tag: entry.tag ?? null };
    ports.push(
      entry.port === undefined
        ? await createPort(tx, request, entry, nic, settings.options.baseMac)
        : await takePort(tx, request, entry.port, nic),
    );
  }
  return ports;
}

/** Locks a project's quota of ports until the commit. */
export function holdPorts(
  tx: Transaction,
  settings: NetworkSettings,
  projectId: string,
): Promise<QuotaHold<'network'>> {
  return holdQuota(tx, Quotas.configured({ network: settings.quotas }), 'port', [projectId]);
}

/**
 * Binds the ports of a server to a host (empty: unbinds them), and returns them. Skips ports of other projects that
 * only name the server in `device_id`.
 */
export async function rebindPorts(tx: Transaction, instance: InstanceRef, host: string): Promise<PortData[]> {
  const bound = sql<boolean>`${belongsTo(instance)}
    and (p.nic_index is not null or p.created_for_instance = ${instance.id})`;
  const { binding_host_id: hostId, binding_vif_type: vifType } = bindingOf(host);
  const [, , ports] = await Promise.all([
    sql`
      update ports p set binding_host_id = ${hostId}, binding_vif_type = ${vifType},
        status = case when ${host} = '' then 'DOWN' else p.status end,
        revision_number = p.revision_number + 1, updated_at = business_now()
      where ${bound} and p.binding_host_id <> ${host}`.execute(tx),
    dropBindings(tx, bound),
    loadPorts(tx, bound, nicOrder),
  ]);
  return [...ports];
}

/** Gives the ports INACTIVE bindings on the host to which a server is moving; `rebindPorts` removes them. */
export async function bindAhead(tx: Transaction, instance: InstanceRef, host: string): Promise<void> {
  await prepareBindings(tx, belongsTo(instance), host);
}

/** Removes these bindings when the move is cancelled. */
export async function unbindAhead(tx: Transaction, instanceId: string): Promise<void> {
  await dropBindings(tx, sql<boolean>`p.device_id = ${instanceId}`);
}

/** Creates a port for a server. */
export async function createPort(
  tx: Transaction,
  request: InstancePortsRequest,
  entry: RequestedNetwork,
  nic: Nic,
  baseMac: string,
): Promise<PortData> {
  const networkId = entry.uuid ?? '';
  // The key share lock keeps the network until the commit; without it, the insert would fail on its foreign key.
  const network = await sql<{ port_security_enabled: boolean }>`
    select port_security_enabled from networks where id = ${networkId} for key share`.execute(tx);
  const [row] = network.rows;
  if (row === undefined) throw new ExpectedError('NetworkInvalid', `Network ${networkId} could not be found.`);
  const groups = await portGroups(tx, request, row.port_security_enabled);
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
    security_groups: groups,
    ...nic,
  };
  return insertPort(tx, port, baseMac);
}

/**
 * Errors: NetworkInvalid for deleted groups, and for groups other than the default one on a network without port
 * security.
 */
async function portGroups(
  tx: Transaction,
  { project_id: projectId, security_groups: wanted = ['default'] }: InstancePortsRequest,
  portSecurity: boolean,
): Promise<readonly string[]> {
  if (portSecurity) return groupsForInstance(tx, projectId, wanted);
  if (wanted.every((name) => name === 'default')) return [];
  const text = 'Network requires port_security_enabled and subnet associated in order to apply security groups.';
  throw new ExpectedError('NetworkInvalid', text);
}

/** Attaches an existing port to a server. */
export async function takePort(
  tx: Transaction,
  request: InstancePortsRequest,
  id: string,
  nic: Nic,
): Promise<PortData> {
  const port = await findPort(tx, id, true);
  if (port === null) throw new ExpectedError('NetworkInvalid', `Port id ${id} could not be found.`);
  if (port.project_id !== request.project_id) {
    throw new ExpectedError('NetworkInvalid', `Port ${id} not usable for instance ${request.instance_id}.`);
  }
  if (port.device_id !== '' && port.device_id !== request.instance_id) throw portInUse(id);
  await tx
    .updateTable('ports')
    .set((row) => ({
      ...bindingOf(request.host),
      ...nic,
      device_id: request.instance_id,
      device_owner: DEVICE_OWNER,
      revision_number: row('revision_number', '+', 1),
      updated_at: sql<string>`business_now()`,
    }))
    .where('id', '=', id)
    .execute();
  await followHost(tx, port, request.host);
  const taken = await findPort(tx, id);
  if (taken === null) throw new Error(`port ${id} is gone while it is locked`);
  return taken;
}
