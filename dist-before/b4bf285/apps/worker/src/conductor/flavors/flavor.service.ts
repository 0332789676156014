import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { RawBuilder, Selectable } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { FlavorCreateArgs, FlavorData, FlavorListArgs, Page } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { ListDefinition } from '../../listing/list-definition.js';
import { listRows } from '../../listing/list-rows.js';
import type { Authorizer } from '../../policy/authorizer.js';
import { violatedUnique } from '../../store/index.js';
import type { Store } from '../../store/index.js';
import type { FlavorsTable } from '../../store/tables/compute.tables.js';
import { flavorNotFound, flavorObject, requireFlavor } from './flavor-rows.js';

const column = (name: string): RawBuilder<unknown> => sql.ref(`f.${name}`);
const SORT_KEYS = ['id', 'name', 'vcpus', 'ram', 'disk', 'ephemeral', 'swap', 'rxtx_factor', 'created_at'];

const flavors: ListDefinition = {
  from: sql`flavors f`,
  select: sql`f.*`,
  id: column('id'),
  filters: {},
  sortKeys: Object.fromEntries(SORT_KEYS.map((name) => [name, column(name)])),
  defaultSort: [{ key: 'id', dir: 'asc' }],
};

/** What servers are made like. */
export class FlavorService {
  constructor(
    private readonly store: Store,
    private readonly authorizer: Authorizer,
  ) {}

  async list(context: RequestContext, args: FlavorListArgs): Promise<Page<FlavorData>> {
    const conditions = [this.#visible(context, args.is_public), sql`not f.disabled`];
    if (args.min_disk !== undefined) conditions.push(sql`f.disk >= ${args.min_disk}`);
    if (args.min_ram !== undefined) conditions.push(sql`f.ram >= ${args.min_ram}`);
    const visible = sql<boolean>`${sql.join(conditions, sql` and `)}`;
    const page = await listRows<Selectable<FlavorsTable>>(this.store.db, flavors, visible, args);
    return { objects: page.rows.map(flavorObject), next_marker: page.nextMarker };
  }

  get(context: RequestContext, id: string): Promise<FlavorData> {
    return requireFlavor(this.store.db, context, id);
  }

  /** Errors: FlavorExists for an id or name that is taken. */
  async create(context: RequestContext, args: FlavorCreateArgs): Promise<FlavorData> {
    this.authorizer.authorize(context, 'compute', 'os_compute_api:os-flavor-manage:create', {
      project_id: context.project_id,
    });
    const { id, description, ...values } = args;
    const flavorId = id === undefined || id === 'auto' ? randomUUID() : id;
    try {
      return await this.store.transaction(
        async (tx) => {
          const row = await tx
            .insertInto('flavors')
            .values({ ...values, id: flavorId, description: description ?? null })
            .returningAll()
            .executeTakeFirstOrThrow();
          return flavorObject(row);
        },
        { name: 'flavor_create' },
      );
    } catch (error) {
      const constraint = violatedUnique(error);
      if (constraint === null) throw error;
      const what = constraint.includes('name') ? `name ${args.name}` : `ID ${flavorId}`;
      throw new ExpectedError('FlavorExists', `Flavor with ${what} already exists.`);
    }
  }

  async delete(context: RequestContext, id: string): Promise<void> {
    this.authorizer.authorize(context, 'compute', 'os_compute_api:os-flavor-manage:delete', {
      project_id: context.project_id,
    });
    await this.store.transaction(
      async (tx) => {
        const result = await tx.deleteFrom('flavors').where('id', '=', id).executeTakeFirst();
        if (result.numDeletedRows === 0n) throw flavorNotFound(id);
      },
      { name: 'flavor_delete' },
    );
  }

  #visible(context: RequestContext, isPublic: boolean | null | undefined): RawBuilder<unknown> {
    const project = context.project_id ?? '';
    const shared = sql`exists (select 1 from flavor_projects a where a.flavor_id = f.id and a.project_id = ${project})`;
    if (isPublic === null || isPublic === false) {
      const wanted = isPublic === null ? sql`true` : sql`not f.is_public`;
      return context.is_admin ? wanted : sql`(${wanted} and (f.is_public or ${shared}))`;
    }
    if (isPublic === true) return sql`f.is_public`;
    return sql`(f.is_public or ${shared})`;
  }
}
