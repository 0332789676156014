import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import { beginEvent, endEvent } from '../../../instances/instance-actions.js';
import { recordFault } from '../../../instances/instance-faults.js';
import type { InstanceRow } from '../../../instances/instance-row.js';
import { BINARIES } from '../../../service/service-registry.js';
import type { Queries } from '../../../store/index.js';
import { zoneOfHost } from '../../zones.js';
import type { ActionInHand, ActionOutcome, ActionServices } from './action-handler.js';

/** Whether the compute service of a host reports; false for an unknown host. */
export async function isUp({ serviceDownTimeMs }: ActionServices, db: Queries, host: string): Promise<boolean> {
  const found = await sql<{ up: boolean }>`
    select s.updated_at > business_clock() - ${serviceDownTimeMs} * interval '1 millisecond' and not s.forced_down as up
    from services s where s.host = ${host} and s."binary" = ${BINARIES['compute']}`.execute(db);
  return found.rows[0]?.up === true;
}

/** Error: Conflict. As in nova the message does not name the host, since users may not know it. */
export async function requireUp(services: ActionServices, db: Queries, host: string): Promise<void> {
  if (!(await isUp(services, db, host))) throw new ExpectedError('Conflict', 'Service is unavailable at this time.');
}

/** The availability zone of a compute host. */
export async function zoneOf(db: Queries, host: string): Promise<string | undefined> {
  const found = await sql<{ zone: string }>`
    select coalesce(${zoneOfHost}, s.zone) as zone from services s
    where s.host = ${host} and s."binary" = ${BINARIES['compute']}`.execute(db);
  return found.rows[0]?.zone;
}

/** The server as input for the scheduler: with the requested zone instead of the zone that it happens to be in. */
export function toPlace(row: InstanceRow): InstanceRow {
  return { ...row, availability_zone: row.request_spec.availability_zone ?? null };
}

/**
 * Handles a request that was accepted and cannot be carried out: the server keeps its state (or goes to `state`) and
 * gets a fault, and its action fails.
 */
export async function noValidHost(
  { notices }: ActionServices,
  { tx, context, row }: ActionInHand,
  { events, reason, state }: { readonly events: readonly string[]; readonly reason: string; readonly state?: 'error' },
): Promise<ActionOutcome> {
  const fault = { code: 400, message: `No valid host was found. ${reason}` };
  await recordFault(tx, row.id, fault);
  for (const event of events) {
    await beginEvent(tx, context, row.id, event, null);
    await endEvent(tx, context, row.id, event, fault);
  }
  const vmState = state ?? row.vm_state;
  notices.changedAfter(tx, row, { vm_state: vmState, task_state: row.task_state });
  return {
    changes: { task_state: null, task_arguments: null, vm_state: vmState },
    next: () => Promise.resolve(),
  };
}
