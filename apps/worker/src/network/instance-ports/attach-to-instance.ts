import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { ExpectedErrorCode, PortData } from '#libs/contracts';
import type { Transaction } from '../../store/index.js';
import { belongsTo } from './instance-ref.js';
import type { InstanceRef } from './instance-ref.js';
import { disassociate } from '../ports/l3-ports.js';
import { bindingOf } from '../ports/inactive-bindings.js';
import type { QuotaHold } from '../../quota/quotas.js';
import type { NetworkSettings } from '../network-settings.js';
import { requireRoom } from '../quota.js';
import { createPort, holdPorts, takePort } from './allocate-for-instance.js';
import type { InstancePortsRequest } from './allocate-for-instance.js';

/** Sets a server's plugged ports ACTIVE, except those that are administratively down. May be repeated. */
export async function activateForInstance(tx: Transaction, instance: InstanceRef): Promise<void> {
  await sql`
    update ports p set status = 'ACTIVE', revision_number = p.revision_number + 1, updated_at = business_now()
    where ${belongsTo(instance)} and p.status <> 'ACTIVE' and p.admin_state_up`.execute(tx);
}

/**
 * Deletes the ports that were created for a server, with their addresses, and frees those that the user created.
 * Returns the ids of the deleted ports. May be repeated.
 */
export function deallocateForInstance(tx: Transaction, instance: InstanceRef): Promise<string[]> {
  return release(tx, instance, belongsTo(instance));
}

/** The same for one port. Error with nova's text: PortNotFound for any other port. */
export async function detachFromInstance(tx: Transaction, instance: InstanceRef, portId: string): Promise<void> {
  const one = sql<boolean>`${belongsTo(instance)} and p.id = ${portId}`;
  const found = await sql`select 1 from ports p where ${one} for update`.execute(tx);
  if (found.rows.length === 0) {
    throw new ExpectedError('PortNotFound', `Port id ${portId} could not be found.`, { port_id: portId });
  }
  await release(tx, instance, one);
}

async function release(tx: Transaction, instance: InstanceRef, which: RawBuilder<boolean>): Promise<string[]> {
  const made = await sql<{ id: string }>`
    select p.id from ports p where ${which} and p.created_for_instance = ${instance.id}
    order by p.id for update`.execute(tx);
  const ids = made.rows.map(({ id }) => id);
  await disassociate(tx, ids);
  if (ids.length > 0) await sql`delete from ports where id = any(${ids}::text[])`.execute(tx);
  const { binding_host_id: host, binding_vif_type: vifType } = bindingOf('');
  await sql`
    update ports p set binding_host_id = ${host}, binding_vif_type = ${vifType}, binding_profile = '{}',
      status = 'DOWN', device_id = '', device_owner = '', nic_index = null, nic_tag = null,
      revision_number = p.revision_number + 1, updated_at = business_now()
    where ${which}`.execute(tx);
  return ids;
}

/** nova's errors for errors of the network code. */
const TOLD: Readonly<Partial<Record<string, readonly [ExpectedErrorCode, (networkId: string) => string]>>> = {
  OverQuota: ['QuotaExceeded', () => 'Maximum number of ports exceeded'],
  IpAddressGenerationFailure: ['NetworkInvalid', (id) => `No fixed IP addresses available for network: ${id}`],
};

/**
 * Gives a running server the one requested port, after its other ports. Errors: QuotaExceeded, NetworkInvalid,
 * PortInUse and those of addresses.
 */
export async function attachToInstance(
  tx: Transaction,
  request: InstancePortsRequest,
  settings: NetworkSettings,
  hold?: QuotaHold<'network'>,
): Promise<PortData> {
  const { instance_id: id, project_id: projectId, requested } = request;
  const [entry] = requested;
  if (entry === undefined) throw new Error(`nothing to attach to ${id}`);
  const quota = hold ?? (await holdPorts(tx, settings, projectId));
  const last = await sql<{ index: number }>`
    select coalesce(max(p.nic_index), -1) as index from ports p
    where ${belongsTo({ id, project_id: projectId })}`.execute(tx);
  const nic = { nic_index: (last.rows[0]?.index ?? -1) + 1, nic_tag: entry.tag ?? null };
  try {
    if (entry.port !== undefined) return await takePort(tx, request, entry.port, nic);
    await requireRoom(quota, 'port', [projectId]);
    return await createPort(tx, request, entry, nic, settings.options.baseMac);
  } catch (error) {
    const told = error instanceof ExpectedError ? TOLD[error.code] : undefined;
    if (told === undefined) throw error;
    throw new ExpectedError(told[0], told[1](entry.uuid ?? ''));
  }
}
