import { sql } from 'kysely';
import type { ListArgs, Page, ServiceData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { textFilter } from '../listing/filters.js';
import type { ListDefinition } from '../listing/list-definition.js';
import { listRows } from '../listing/list-rows.js';
import type { Authorizer } from '../policy/authorizer.js';
import type { Store } from '../store/index.js';

/** The registered services, `up` by the database's clock. */
export class ServiceList {
  constructor(
    private readonly store: Store,
    private readonly authorizer: Authorizer,
    private readonly serviceDownTimeMs: number,
  ) {}

  async list(context: RequestContext, args: ListArgs): Promise<Page<ServiceData>> {
    const target = { project_id: context.project_id };
    this.authorizer.authorize(context, 'compute', 'os_compute_api:os-services:list', target);
    const page = await listRows<ServiceData>(this.store.db, this.#definition(), sql<boolean>`true`, args);
    return { objects: page.rows, next_marker: page.nextMarker };
  }

  #definition(): ListDefinition {
    const oldest = sql`clock_timestamp() - ${this.serviceDownTimeMs} * interval '1 millisecond'`;
    return {
      from: sql`services s`,
      select: sql`s.id, s."binary", s.host, s.zone, s.disabled_reason, s.updated_at,
        case when s.disabled then 'disabled' else 'enabled' end as status,
        case when s.updated_at > ${oldest} then 'up' else 'down' end as state`,
      id: sql`s.id`,
      filters: { host: textFilter('s.host'), binary: textFilter('s.binary') },
      sortKeys: { id: sql`s.id`, host: sql`s.host`, binary: sql`s."binary"`, created_at: sql`s.created_at` },
      defaultSort: [
        { key: 'binary', dir: 'asc' },
        { key: 'host', dir: 'asc' },
      ],
    };
  }
}
