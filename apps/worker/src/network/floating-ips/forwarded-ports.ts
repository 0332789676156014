import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { badRequest } from '../network.errors.js';
import type { Transaction } from '../../store/index.js';

/** Port numbers from the first to the last. */
export interface PortRange {
  readonly start: number;
  readonly end: number;
}

const SIDES = ['internal', 'external'] as const;
type Side = (typeof SIDES)[number];

function single(side: Side): RawBuilder<unknown> {
  const [start, end] = [sql.ref(`t.${side}_port_start`), sql.ref(`t.${side}_port_end`)];
  return sql`case when ${start} = ${end} then ${start} end`;
}

function both(side: Side): RawBuilder<unknown> {
  return sql`${sql.ref(`t.${side}_port_start`)} || ':' || ${sql.ref(`t.${side}_port_end`)}`;
}

/** How the port numbers of forwardings (`t`) are read: as a range, and as a single number if the range has only one. */
export const rangeColumns = {
  internal_port: single('internal'),
  internal_port_range: both('internal'),
  external_port: single('external'),
  external_port_range: both('external'),
} as const;

/**
 * The port numbers that a request names, as one number or as a range. Error NetworkBadRequest if it names both and they
 * differ.
 */
export function givenRange(
  side: Side,
  port: number | null | undefined,
  range: string | null | undefined,
): PortRange | undefined {
  const one = typeof port === 'number' ? { start: port, end: port } : undefined;
  if (typeof range !== 'string') return one;
  const [start = 0, end = start] = range.split(':').map(Number);
  if (one !== undefined && (one.start !== start || one.end !== end)) {
    throw badRequest('port_forwarding', `${side}_port ${one.start} is not ${side}_port_range ${range}`);
  }
  return { start, end };
}

/** Error NetworkBadRequest unless both ranges have the same size, or the internal one has a single port. */
export function checkRanges(internal: PortRange, external: PortRange): void {
  const inside = internal.end - internal.start;
  if (inside === 0 || inside === external.end - external.start) return;
  throw badRequest(
    'port_forwarding',
    'Invalid ranges of internal and/or external ports. The relation between internal and external ports must be N-N or 1-N',
  );
}

/** The port forwardings of floating IPs `f`, as responses include them. */
export const shownForwardings = sql`coalesce((
  select jsonb_agg(jsonb_build_object('id', t.id, 'protocol', t.protocol, 'internal_port_id', t.internal_port_id,
    'internal_ip_address', host(t.internal_ip_address),
    'internal_port', case when t.internal_port_start = t.internal_port_end then t.internal_port_start end,
    'external_port', case when t.external_port_start = t.external_port_end then t.external_port_start end)
    order by t.external_port_start, t.id)
  from port_forwardings t where t.floatingip_id = f.id), '[]'::jsonb)`;

/** Clears router and status of floating IPs without a port and without a forwarding. */
export async function releaseFloatingIps(tx: Transaction, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    update floatingips f set router_id = null, status = 'DOWN', revision_number = revision_number + 1, updated_at = business_now()
    where f.id = any(${[...ids]}::text[]) and f.port_id is null
      and not exists (select 1 from port_forwardings t where t.floatingip_id = f.id)`.execute(tx);
}

/** Deletes forwardings to ports that are deleted, or that lost the address. */
async function dropForwardings(tx: Transaction, condition: RawBuilder<boolean>): Promise<void> {
  const gone = await sql<{ floatingip_id: string }>`
    delete from port_forwardings t where ${condition} returning floatingip_id`.execute(tx);
  await releaseFloatingIps(
    tx,
    gone.rows.map((row) => row.floatingip_id),
  );
}

export function dropForwardingsOf(tx: Transaction, portIds: readonly string[]): Promise<void> {
  return dropForwardings(tx, sql<boolean>`t.internal_port_id = any(${[...portIds]}::text[])`);
}

export function dropLostForwardings(tx: Transaction, portId: string): Promise<void> {
  return dropForwardings(
    tx,
    sql<boolean>`t.internal_port_id = ${portId} and not exists (
      select 1 from ip_allocations a where a.port_id = ${portId} and a.ip_address = t.internal_ip_address)`,
  );
}
