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

/** Which server gets ports, and where. */
export interface InstancePortsRequest {
  readonly instance_id: string;
  readonly project_id: string;
  /** The compute host that the ports are bound to. */
  readonly host: string;
  /** As resolveRequestedNetworks answered. */
  readonly requested: readonly RequestedNetwork[];
  /** Names or ids of the security groups of the ports that are made. @default the project's default group */
  readonly security_groups?: readonly string[];
}

/** Which NIC of its server a port becomes. */
export interface Nic {
  readonly nic_index: number;
  readonly nic_tag: string | null;
}

const DEVICE_OWNER = 'compute:nova';

/**
 * Gives a server its ports, in the order asked for, status DOWN. Repeated for a server that has ports it answers these,
 * bound to the host: a build that starts again never makes a second set. `hold` is the project's quota of ports, if the
 * transaction has it already, as one must that locks rows before this.
 * Errors: PortInUse, NetworkInvalid (what was resolved is gone, or a port of another project), OverQuota and those of
 * addresses.
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
    // Two workers with the same server: the second waits here and then finds the first one's ports.
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

/** Holds a project's quota of ports until the commit. */
export function holdPorts(
  tx: Transaction,
  settings: NetworkSettings,
  projectId: string,
): Promise<QuotaHold<'network'>> {
  return holdQuota(tx, Quotas.configured({ network: settings.quotas }), 'port', [projectId]);
}

/**
 * Binds the ports of a server to a host (an empty one: to none), and answers them. One that merely claims to be the
 * server's is none of them.
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

/** A server is on its way to a host: its ports get INACTIVE bindings there, which `rebindPorts` ends. */
export async function bindAhead(tx: Transaction, instance: InstanceRef, host: string): Promise<void> {
  await prepareBindings(tx, belongsTo(instance), host);
}

/** It does not go there. */
export async function unbindAhead(tx: Transaction, instanceId: string): Promise<void> {
  await dropBindings(tx, sql<boolean>`p.device_id = ${instanceId}`);
}

/** Makes a port for a server. */
export async function createPort(
  tx: Transaction,
  request: InstancePortsRequest,
  entry: RequestedNetwork,
  nic: Nic,
  baseMac: string,
): Promise<PortData> {
  const networkId = entry.uuid ?? '';
  // The key share lock keeps the network until the commit; without it the insert's foreign key would be the one to fail.
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

/** Errors: NetworkInvalid for groups that are gone, and for any but the default one on a network without port security. */
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

/** Gives a server a port that exists. */
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
