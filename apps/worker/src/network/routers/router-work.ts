import { sql } from 'kysely';
import type { PortData, RouterData, SubnetData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { ManagerContext } from '../../resources/resource-managers.js';
import type { Queries, Transaction } from '../../store/index.js';

/** An operation on a router whose row is locked: its interfaces and gateways change only under that lock. */
export interface RouterWork {
  readonly tx: Transaction;
  readonly shared: ManagerContext;
  readonly context: RequestContext;
}

/** The fields of a router that the operations read. */
export type LockedRouter = Pick<RouterData, 'id' | 'project_id' | 'admin_state_up' | 'routes'>;

/** The interface that an action names. */
export interface NamedInterface {
  readonly subnet_id?: string;
  readonly port_id?: string;
}

/** A port of a router, and the subnets that an action connected or disconnected by it. */
export interface InterfaceChange {
  readonly port: PortData;
  readonly subnets: readonly SubnetData[];
}

/**
 * Sets the ports of a router to the status that an L3 agent would report: ACTIVE while it serves the router, DOWN while
 * the router or the port is administratively down.
 */
export async function reportPorts(db: Queries, routerId: string): Promise<void> {
  await sql`
    update ports p set status = wanted.status, revision_number = p.revision_number + 1, updated_at = business_now()
    from (
      select o.id, case when r.admin_state_up and o.admin_state_up then 'ACTIVE' else 'DOWN' end as status
      from routers r
      join (
        select router_id, port_id from router_interfaces union select router_id, port_id from router_gateways
      ) joined on joined.router_id = r.id
      join ports o on o.id = joined.port_id
      where r.id = ${routerId}
    ) wanted
    where p.id = wanted.id and p.status <> wanted.status`.execute(db);
}
