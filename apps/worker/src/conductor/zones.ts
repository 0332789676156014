import { sql } from 'kysely';
import { BINARIES } from '../service/service-registry.js';

/** The zone from a host's aggregates; null for a host without one. */
export const zoneOfHost = sql`(
  select g.metadata->>'availability_zone' from aggregate_hosts h join aggregates g on g.id = h.aggregate_id
  where h.host = s.host and g.metadata ? 'availability_zone' order by g.id limit 1)`;

/** The zone of a service (`s`): its host's, or the one that it reports; `internal` for services without a host. */
export const zoneOfService = sql`case when s."binary" = ${BINARIES['compute']}
  then coalesce(${zoneOfHost}, s.zone) else 'internal' end`;
