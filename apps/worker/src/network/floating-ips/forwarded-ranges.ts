import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { badRequest } from '../network.errors.js';

/** Ports from the first to the last. */
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

/** How the ports of forwardings (`t`) are read: as a range, and as one where it is one. */
export const rangeColumns = {
  internal_port: single('internal'),
  internal_port_range: both('internal'),
  external_port: single('external'),
  external_port_range: both('external'),
} as const;

/** The ports that a request names, as one or as a range. Error NetworkBadRequest where both say something else. */
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

/** Error NetworkBadRequest: several ports lead to as many, or all to one. */
export function checkRanges(internal: PortRange, external: PortRange): void {
  const inside = internal.end - internal.start;
  if (inside === 0 || inside === external.end - external.start) return;
  throw badRequest(
    'port_forwarding',
    'Invalid ranges of internal and/or external ports. The relation between internal and external ports must be N-N or 1-N',
  );
}
