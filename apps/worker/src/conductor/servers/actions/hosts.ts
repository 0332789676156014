import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import { beginEvent, endEvent } from '../../../instances/instance-actions.js';
import { recordFault } from '../../../instances/instance-faults.js';
import type { InstanceRow } from '../../../instances/instance-row.js';
import { BINARIES } from '../../../service/service-registry.js';
import type { Queries } from '../../../store/index.js';
import { zoneOfHost } from '../../zones.js';
import type { ActionInHand, ActionOutcome, ActionServices } from './action-handler.js';

/** Whether the compute service of a host reports; false for one that nobody knows. */
export async function isUp({ serviceDownTimeMs }: ActionServices, db: Queries, host: string): Promise<boolean> {
  const found = await sql<{ up: boolean }>`
    select s.updated_at > business_clock() - ${serviceDownTimeMs} * interval '1 millisecond' and not s.forced_down as up
    from services s where s.host = ${host} and s."binary" = ${BINARIES['compute']}`.execute(db);
  return found.rows[0]?.up === true;
}

/** Error: Conflict. nova does not name the host: its name is not for users. */
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

/** A server as the scheduler is to place it again: in the zone that was asked for, not in the one that it happens to be in. */
export function toPlace(row: InstanceRow): InstanceRow {
  return { ...row, availability_zone: row.request_spec.availability_zone ?? null };
}

/**
 * The request was taken, and nothing comes of it: the server stays what it is (or goes to `state`), with a fault, and
 * its action has failed.
 */
export async function noValidHost(
  { notices }: ActionServices,
  { tx, context, row }: ActionInHand,
  { event, reason, state }: { readonly event: string; readonly reason: string; readonly state?: 'error' },
): Promise<ActionOutcome> {
  const fault = { code: 400, message: `No valid host was found. ${reason}` };
  await recordFault(tx, row.id, fault);
  await beginEvent(tx, context, row.id, event, null);
  await endEvent(tx, context, row.id, event, fault);
  const vmState = state ?? row.vm_state;
  notices.changedAfter(tx, row, { vm_state: vmState, task_state: row.task_state });
  return {
    changes: { task_state: null, task_arguments: null, vm_state: vmState },
    next: () => Promise.resolve(),
  };
}
