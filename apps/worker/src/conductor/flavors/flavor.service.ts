import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { RawBuilder, Selectable } from 'kysely';
import { ExpectedError, Flavor } from '#libs/contracts';
import type {
  FlavorAccessData,
  FlavorCreateArgs,
  FlavorData,
  FlavorListArgs,
  FlavorUpdateArgs,
  Page,
} from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { ListDefinition } from '../../listing/list-definition.js';
import { columnPattern } from '../../listing/patterns/pattern-filter.js';
import { listRows } from '../../listing/list-rows.js';
import type { Authorizer } from '../../policy/authorizer.js';
import { violatedUnique } from '../../store/index.js';
import { resourceTable } from '../../resources/resource-table.js';
import type { Store, Transaction } from '../../store/index.js';
import type { FlavorsTable } from '../../store/tables/compute.tables.js';
import { flavorNotFound, flavorObject, requireFlavor } from './flavor-rows.js';

const { list: table } = resourceTable(Flavor, {
  alias: 'f',
  sortKeys: {
    created_at: sql`f.created_at`,
    rxtx_factor: sql`f.rxtx_factor`,
    // Columns of nova's that have the same value for all flavors here.
    updated_at: sql`0`,
    vcpu_weight: sql`0`,
  },
});
const flavors: ListDefinition = { ...table, patterns: { name: columnPattern('f.name') } };

/** Manages flavors. */
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
    const named = args.name === undefined ? {} : { filters: { name: [args.name] } };
    const asked = Object.assign({}, args, named);
    const page = await listRows<FlavorData>(this.store.db, flavors, visible, asked);
    return { objects: page.rows, next_marker: page.nextMarker };
  }

  get(context: RequestContext, id: string): Promise<FlavorData> {
    return requireFlavor(this.store.db, context, id);
  }

  /** Errors: FlavorExists for an id or name that is already in use. */
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

  /** Errors: FlavorNotFound, FlavorExtraSpecsNotFound, FlavorAccessNotFound, Conflict. */
  async update(context: RequestContext, args: FlavorUpdateArgs): Promise<FlavorData> {
    const { id, description, set_specs: set, delete_spec: spec, add_project: added, remove_project: removed } = args;
    const rules = [
      ...(description === undefined ? [] : ['os-flavor-manage:update']),
      ...(set === undefined ? [] : ['os-flavor-extra-specs:create']),
      ...(spec === undefined ? [] : ['os-flavor-extra-specs:delete']),
      ...(added === undefined ? [] : ['os-flavor-access:add_tenant_access']),
      ...(removed === undefined ? [] : ['os-flavor-access:remove_tenant_access']),
    ];
    for (const rule of rules) {
      this.authorizer.authorize(context, 'compute', `os_compute_api:${rule}`, { project_id: context.project_id });
    }
    return this.store.transaction(
      async (tx) => {
        const row = await tx.selectFrom('flavors').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
        if (row === undefined) throw flavorNotFound(id);
        const specs: Record<string, string> = { ...row.extra_specs, ...set };
        if (spec !== undefined) {
          if (!Object.hasOwn(specs, spec)) {
            const text = `Flavor ${id} has no extra specs with key ${spec}.`;
            throw new ExpectedError('FlavorExtraSpecsNotFound', text, { flavor_id: id });
          }
          Reflect.deleteProperty(specs, spec);
        }
        if (added !== undefined) await addAccess(tx, row, added, args.strict === true);
        if (removed !== undefined) await removeAccess(tx, row, removed);
        const text = description === undefined ? row.description : description;
        return flavorObject(
          await tx
            .updateTable('flavors')
            .set({ description: text, extra_specs: JSON.stringify(specs) })
            .where('id', '=', id)
            .returningAll()
            .executeTakeFirstOrThrow(),
        );
      },
      { name: 'flavor_update' },
    );
  }

  /** The projects that may use a private flavor. Error: FlavorNotFound. */
  async access(context: RequestContext, id: string): Promise<FlavorAccessData> {
    this.authorizer.authorize(context, 'compute', 'os_compute_api:os-flavor-access', {
      project_id: context.project_id,
    });
    const flavor = await requireFlavor(this.store.db, context, id);
    const rows = await this.store.db
      .selectFrom('flavor_projects')
      .select('project_id')
      .where('flavor_id', '=', id)
      .orderBy('project_id')
      .execute();
    return { flavor_id: id, is_public: flavor.is_public, projects: rows.map((row) => row.project_id) };
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

async function addAccess(
  tx: Transaction,
  flavor: Selectable<FlavorsTable>,
  projectId: string,
  strict: boolean,
): Promise<void> {
  if (strict && flavor.is_public) throw new ExpectedError('Conflict', 'Can not add access to a public flavor.');
  const result = await tx
    .insertInto('flavor_projects')
    .values({ flavor_id: flavor.id, project_id: projectId })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (result.numInsertedOrUpdatedRows === 0n) {
    const text = `Flavor access already exists for flavor ${flavor.id} and project ${projectId} combination.`;
    throw new ExpectedError('Conflict', text);
  }
}

async function removeAccess(tx: Transaction, flavor: Selectable<FlavorsTable>, projectId: string): Promise<void> {
  const result = await tx
    .deleteFrom('flavor_projects')
    .where('flavor_id', '=', flavor.id)
    .where('project_id', '=', projectId)
    .executeTakeFirst();
  if (result.numDeletedRows > 0n) return;
  throw new ExpectedError(
    'FlavorAccessNotFound',
    `Flavor access not found for ${flavor.id} / ${projectId} combination.`,
  );
}
