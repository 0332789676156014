import { sql } from 'kysely';
import { BINARIES } from '../service/service-registry.js';

/** The zone that a host's aggregates name; null for one that is in none. */
export const zoneOfHost = sql`(
  select g.metadata->>'availability_zone' from aggregate_hosts h join aggregates g on g.id = h.aggregate_id
  where h.host = s.host and g.metadata ? 'availability_zone' order by g.id limit 1)`;

/** The zone of a service (`s`): its host's, or the one that it reports; that of services without a host is internal. */
export const zoneOfService = sql`case when s."binary" = ${BINARIES['compute']}
  then coalesce(${zoneOfHost}, s.zone) else 'internal' end`;
