import { sql } from 'kysely';
import type {
  MetadefListArgs,
  MetadefNamespaceCreateArgs,
  MetadefNamespaceData,
  MetadefNamespaceUpdateArgs,
  MetadefResourceTypeData,
} from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Queries, Store } from '../../store/index.js';
import { NAMESPACE_COLUMNS, requireUnique, requireUnprotected } from './metadef-access.js';
import type { MetadefAccess } from './metadef-access.js';
import { ITEM_COLUMNS, addItems, itemsOf } from './metadef-item-manager.js';
import { METADEF_RULES } from './metadef-rules.js';

const SORT_COLUMNS = ['created_at', 'updated_at', 'namespace', 'visibility'] as const;

/** Namespaces of metadata definitions (glance.api.v2.metadef_namespaces). */
export class MetadefNamespaceManager {
  constructor(
    private readonly store: Store,
    private readonly access: MetadefAccess,
  ) {}

  /** Public namespaces and the caller's own; all for administrators. */
  async list(ctx: RequestContext, args: MetadefListArgs): Promise<MetadefNamespaceData[]> {
    this.access.require(ctx, 'get_metadef_namespaces', null);
    const key = SORT_COLUMNS.find((column) => column === args.sort_key) ?? 'created_at';
    let query = this.store.db
      .selectFrom('metadef_namespaces')
      .select(NAMESPACE_COLUMNS)
      .where(this.access.visible(ctx));
    if (args.visibility !== undefined) query = query.where('visibility', '=', args.visibility);
    if (args.resource_types !== undefined) {
      const names = [...args.resource_types];
      query = query.where(sql<boolean>`exists (select 1 from metadef_items i
        where i.namespace = metadef_namespaces.namespace and i.kind = 'resource_type' and i.name = any(${names}::text[]))`);
    }
    if (args.marker !== undefined) {
      await this.access.namespace(this.store.db, ctx, args.marker);
      const after = args.sort_dir === 'asc' ? sql`>` : sql`<`;
      query = query.where(sql<boolean>`(${sql.ref(key)}, namespace) ${after}
        (select ${sql.ref(key)}, namespace from metadef_namespaces where namespace = ${args.marker})`);
    }
    const rows = await query
      .orderBy(key, args.sort_dir)
      .orderBy('namespace', args.sort_dir)
      .limit(args.limit ?? 25)
      .execute();
    const names = rows.map(({ namespace }) => namespace);
    if (names.length === 0) return [];
    const items = await this.store.db
      .selectFrom('metadef_items')
      .select(['namespace', ...ITEM_COLUMNS])
      .where('kind', '=', 'resource_type')
      .where('namespace', 'in', names)
      .orderBy('name')
      .execute();
    return rows.map((row) => ({
      ...row,
      items: items
        .filter(({ namespace }) => namespace === row.namespace)
        .map(({ namespace: _namespace, ...item }) => item),
    }));
  }

  /** A namespace with all its items. Error MetadefNotFound. */
  async get(ctx: RequestContext, name: string): Promise<MetadefNamespaceData> {
    const row = await this.access.namespace(this.store.db, ctx, name);
    return { ...row, items: await itemsOf(this.store.db, name) };
  }

  /** Errors: PolicyNotAuthorized, Conflict. */
  async create(ctx: RequestContext, args: MetadefNamespaceCreateArgs): Promise<MetadefNamespaceData> {
    this.access.require(ctx, 'add_metadef_namespace', null);
    for (const { kind } of args.items) this.access.require(ctx, METADEF_RULES[kind].add, null);
    return this.store.transaction(
      async (tx) => {
        const { name, visibility, display_name = null, description = null } = args;
        const values = { namespace: name, display_name, description, visibility, protected: args.protected };
        await requireUnique(
          `The metadata definition namespace=${name} already exists.`,
          tx
            .insertInto('metadef_namespaces')
            .values({ ...values, owner: args.owner ?? ctx.project_id })
            .execute(),
        );
        await addItems(tx, name, args.items);
        return this.#whole(tx, name);
      },
      { name: 'metadef_namespace_create' },
    );
  }

  /** Errors: MetadefNotFound, PolicyNotAuthorized, Conflict. */
  async update(ctx: RequestContext, args: MetadefNamespaceUpdateArgs): Promise<MetadefNamespaceData> {
    return this.store.transaction(
      async (tx) => {
        const row = await this.access.namespace(tx, ctx, args.namespace);
        this.access.require(ctx, 'modify_metadef_namespace', row);
        const { name, visibility, display_name = null, description = null } = args;
        const values = { namespace: name, display_name, description, visibility, protected: args.protected };
        await requireUnique(
          `Invalid update. It would result in a duplicate metadata definition namespace with the name of ${name}`,
          tx
            .updateTable('metadef_namespaces')
            .set({ ...values, owner: args.owner ?? ctx.project_id, updated_at: sql<string>`business_now()` })
            .where('namespace', '=', args.namespace)
            .execute(),
        );
        return this.#whole(tx, name);
      },
      { name: 'metadef_namespace_update' },
    );
  }

  /** Errors: MetadefNotFound, PolicyNotAuthorized, ImageForbidden (protected). */
  async delete(ctx: RequestContext, name: string): Promise<void> {
    await this.store.transaction(
      async (tx) => {
        const row = await this.access.namespace(tx, ctx, name);
        this.access.require(ctx, 'delete_metadef_namespace', row);
        requireUnprotected(row);
        await tx.deleteFrom('metadef_namespaces').where('namespace', '=', name).execute();
      },
      { name: 'metadef_namespace_delete' },
    );
  }

  async resourceTypes(ctx: RequestContext): Promise<readonly MetadefResourceTypeData[]> {
    this.access.require(ctx, 'list_metadef_resource_types', null);
    return this.store.db
      .selectFrom('metadef_resource_types')
      .select(['name', 'created_at', 'updated_at'])
      .orderBy('name')
      .execute();
  }

  async #whole(db: Queries, name: string): Promise<MetadefNamespaceData> {
    const row = await db
      .selectFrom('metadef_namespaces')
      .select(NAMESPACE_COLUMNS)
      .where('namespace', '=', name)
      .executeTakeFirstOrThrow();
    return { ...row, items: await itemsOf(db, name) };
  }
}
