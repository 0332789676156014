import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { ListArgs, Page, ServiceData, ServiceUpdateArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { expressionFilter, textFilter } from '../listing/filters.js';
import type { ListDefinition } from '../listing/list-definition.js';
import { listRows } from '../listing/list-rows.js';
import type { Authorizer } from '../policy/authorizer.js';
import type { Store } from '../store/index.js';

/** The registered services, `up` by the database's clock, and whether they get work. */
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

  /** Errors: ServiceNotFound, PolicyNotAuthorized. */
  async update(context: RequestContext, args: ServiceUpdateArgs): Promise<ServiceData> {
    const target = { project_id: context.project_id };
    this.authorizer.authorize(context, 'compute', 'os_compute_api:os-services:update', target);
    const { id, host = '', binary = '', status } = args;
    const disabled = status === 'disabled';
    const named =
      id === undefined ? sql<boolean>`host = ${host} and "binary" = ${binary}` : sql<boolean>`id::text = ${id}`;
    const row = await this.store.db
      .updateTable('services')
      .set({ disabled, disabled_reason: disabled ? (args.disabled_reason ?? null) : null })
      .where(named)
      .returning('id')
      .executeTakeFirst();
    const filters = { id: [row?.id ?? ''] };
    const page = await listRows<ServiceData>(this.store.db, this.#definition(), sql<boolean>`true`, { filters });
    const [service] = page.rows;
    if (service !== undefined) return service;
    const text =
      id === undefined ? `Could not find binary ${binary} on host ${host}.` : `Service ${id} could not be found.`;
    throw new ExpectedError('ServiceNotFound', text);
  }

  #definition(): ListDefinition {
    const oldest = sql`clock_timestamp() - ${this.serviceDownTimeMs} * interval '1 millisecond'`;
    return {
      from: sql`services s`,
      select: sql`s.id, s."binary", s.host, s.zone, s.disabled_reason, s.updated_at,
        case when s.disabled then 'disabled' else 'enabled' end as status,
        case when s.updated_at > ${oldest} then 'up' else 'down' end as state`,
      id: sql`s.id`,
      filters: { id: expressionFilter(sql`s.id::text`), host: textFilter('s.host'), binary: textFilter('s.binary') },
      sortKeys: { id: sql`s.id`, host: sql`s.host`, binary: sql`s."binary"`, created_at: sql`s.created_at` },
      defaultSort: [
        { key: 'binary', dir: 'asc' },
        { key: 'host', dir: 'asc' },
      ],
    };
  }
}
