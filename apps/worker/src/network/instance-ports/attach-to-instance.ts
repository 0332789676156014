import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { ExpectedErrorCode, PortData } from '#libs/contracts';
import type { QuotaHold } from '../../quota/quotas.js';
import type { Transaction } from '../../store/index.js';
import type { NetworkSettings } from '../network-settings.js';
import { requireRoom } from '../quota.js';
import { createPort, holdPorts, takePort } from './allocate-for-instance.js';
import type { InstancePortsRequest } from './allocate-for-instance.js';
import { belongsTo } from './instance-ref.js';

/** nova's errors for what the network side refuses. */
const TOLD: Readonly<Partial<Record<string, readonly [ExpectedErrorCode, (networkId: string) => string]>>> = {
  OverQuota: ['QuotaExceeded', () => 'Maximum number of ports exceeded'],
  IpAddressGenerationFailure: ['NetworkInvalid', (id) => `No fixed IP addresses available for network: ${id}`],
};

/**
 * Gives a server that runs the one port that is requested, after those that it has. Errors: QuotaExceeded,
 * NetworkInvalid, PortInUse and those of addresses.
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
