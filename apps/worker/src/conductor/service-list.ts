import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { ListArgs, Page, ServiceData, ServiceUpdateArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { expressionFilter, integerFilter, textFilter } from '../listing/filters.js';
import type { ListDefinition } from '../listing/list-definition.js';
import { listRows } from '../listing/list-rows.js';
import { BINARIES } from '../service/service-registry.js';
import { zoneOfService } from './zones.js';
import type { Authorizer } from '../policy/authorizer.js';
import type { Store } from '../store/index.js';

/** The registered services: `up` by the database's clock, and whether they are enabled. */
export class ServiceList {
  constructor(
    private readonly store: Store,
    private readonly authorizer: Authorizer,
    private readonly serviceDownTimeMs: number,
  ) {}

  /**
   * Deletes a compute service without servers together with its host, also from the aggregates. Other services come
   * back with their next report. Errors: ServiceNotFound, Conflict (servers on the host), PolicyNotAuthorized.
   */
  async delete(context: RequestContext, id: string): Promise<void> {
    const target = { project_id: context.project_id };
    this.authorizer.authorize(context, 'compute', 'os_compute_api:os-services:delete', target);
    await this.store.transaction(
      async (tx) => {
        const service = await tx
          .deleteFrom('services')
          .where('id', '=', id)
          .returning(['binary', 'host'])
          .executeTakeFirst();
        if (service === undefined) throw new ExpectedError('ServiceNotFound', `Service ${id} not found.`);
        if (service.binary !== BINARIES['compute']) return;
        const used = await sql`select 1 from instances where host = ${service.host} and not deleted
          union all select 1 from allocations where host = ${service.host} limit 1`.execute(tx);
        if (used.rows.length > 0) {
          throw new ExpectedError(
            'Conflict',
            'Unable to delete compute service that is hosting instances. Migrate or delete the instances first.',
          );
        }
        await tx.deleteFrom('aggregate_hosts').where('host', '=', service.host).execute();
        await tx.deleteFrom('compute_nodes').where('host', '=', service.host).execute();
      },
      { name: 'service_delete' },
    );
  }

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
    if (args.status === undefined && args.forced_down === undefined) {
      throw new ExpectedError('InvalidInput', 'No updates were requested.');
    }
    const { id, host = '', binary = '', status, forced_down: forcedDown } = args;
    const disabled = status === 'disabled';
    const reason = disabled ? (args.disabled_reason ?? null) : null;
    const named =
      id === undefined ? sql<boolean>`host = ${host} and "binary" = ${binary}` : sql<boolean>`id::text = ${id}`;
    const row = await this.store.db
      .updateTable('services')
      .set({
        ...(status === undefined ? {} : { disabled, disabled_reason: reason }),
        ...(forcedDown === undefined ? {} : { forced_down: forcedDown }),
      })
      .where(named)
      .returning('id')
      .executeTakeFirst();
    const filters = { id: [row?.id ?? ''] };
    const page = await listRows<ServiceData>(this.store.db, this.#definition(), sql<boolean>`true`, { filters });
    const [service] = page.rows;
    if (service !== undefined) return service;
    const text =
      id === undefined ? `Host '${host ?? ''}' is not mapped to any cell` : `Service ${id} could not be found.`;
    throw new ExpectedError('ServiceNotFound', text);
  }

  #definition(): ListDefinition {
    const oldest = sql`business_clock() - ${this.serviceDownTimeMs} * interval '1 millisecond'`;
    return {
      from: sql`services s`,
      select: sql`s.id, s.number, s."binary", s.host, ${zoneOfService} as zone, s.disabled_reason, s.forced_down,
        s.updated_at, case when s.disabled then 'disabled' else 'enabled' end as status,
        case when s.updated_at > ${oldest} and not s.forced_down then 'up' else 'down' end as state`,
      id: sql`s.id`,
      filters: {
        id: expressionFilter(sql`s.id::text`),
        number: integerFilter('s.number'),
        host: textFilter('s.host'),
        binary: textFilter('s.binary'),
      },
      sortKeys: { id: sql`s.id`, host: sql`s.host`, binary: sql`s."binary"`, created_at: sql`s.created_at` },
      defaultSort: [
        { key: 'binary', dir: 'asc' },
        { key: 'host', dir: 'asc' },
      ],
    };
  }
}
