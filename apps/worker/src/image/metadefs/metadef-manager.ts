import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type {
  MetadefItemArgs,
  MetadefItemCreateArgs,
  MetadefItemData,
  MetadefItemInput,
  MetadefItemUpdateArgs,
  MetadefItemsArgs,
  MetadefKind,
  MetadefListArgs,
  MetadefNamespaceCreateArgs,
  MetadefNamespaceData,
  MetadefNamespaceUpdateArgs,
  MetadefResourceTypeData,
} from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Authorizer } from '../../policy/authorizer.js';
import { violatedUnique } from '../../store/index.js';
import type { Queries, Store, Transaction } from '../../store/index.js';
import { METADEF_RULES } from './metadef-rules.js';

type NamespaceRow = Omit<MetadefNamespaceData, 'items'>;

const NAMESPACE_COLUMNS = [
  'namespace',
  'display_name',
  'description',
  'visibility',
  'protected',
  'owner',
  'created_at',
  'updated_at',
] as const;
const ITEM_COLUMNS = ['kind', 'name', 'body', 'created_at', 'updated_at'] as const;
const SORT_COLUMNS = ['created_at', 'updated_at', 'namespace', 'visibility'] as const;

function notFound(message: string): ExpectedError {
  return new ExpectedError('MetadefNotFound', message);
}

function forbidden(message: string): ExpectedError {
  return new ExpectedError('ImageForbidden', message);
}

/** Namespaces of metadata definitions and what is in them (glance.api.v2.metadef_*). */
export class MetadefManager {
  constructor(
    private readonly store: Store,
    private readonly authorizer: Authorizer,
  ) {}

  /** Those that are public or the caller's own; all for administrators. */
  async list(ctx: RequestContext, args: MetadefListArgs): Promise<MetadefNamespaceData[]> {
    this.#require(ctx, 'get_metadef_namespaces', null);
    const key = SORT_COLUMNS.find((column) => column === args.sort_key) ?? 'created_at';
    let query = this.store.db.selectFrom('metadef_namespaces').select(NAMESPACE_COLUMNS).where(this.#visible(ctx));
    if (args.visibility !== undefined) query = query.where('visibility', '=', args.visibility);
    if (args.resource_types !== undefined) {
      const names = [...args.resource_types];
      query = query.where(sql<boolean>`exists (select 1 from metadef_items i
        where i.namespace = metadef_namespaces.namespace and i.kind = 'resource_type' and i.name = any(${names}::text[]))`);
    }
    if (args.marker !== undefined) {
      await this.#namespace(this.store.db, ctx, args.marker);
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

  /** With everything in it. Error MetadefNotFound. */
  async get(ctx: RequestContext, name: string): Promise<MetadefNamespaceData> {
    const row = await this.#namespace(this.store.db, ctx, name);
    return { ...row, items: await this.#items(this.store.db, name) };
  }

  /** Errors: PolicyNotAuthorized, Conflict. */
  async create(ctx: RequestContext, args: MetadefNamespaceCreateArgs): Promise<MetadefNamespaceData> {
    this.#require(ctx, 'add_metadef_namespace', null);
    for (const { kind } of args.items) this.#require(ctx, METADEF_RULES[kind].add, null);
    return this.store.transaction(
      async (tx) => {
        const { name, visibility, display_name = null, description = null } = args;
        const values = { namespace: name, display_name, description, visibility, protected: args.protected };
        await this.#unique(
          `The metadata definition namespace=${name} already exists.`,
          tx
            .insertInto('metadef_namespaces')
            .values({ ...values, owner: args.owner ?? ctx.project_id })
            .execute(),
        );
        await this.#add(tx, name, args.items);
        return this.#whole(tx, name);
      },
      { name: 'metadef_namespace_create' },
    );
  }

  /** Errors: MetadefNotFound, PolicyNotAuthorized, Conflict. */
  async update(ctx: RequestContext, args: MetadefNamespaceUpdateArgs): Promise<MetadefNamespaceData> {
    return this.store.transaction(
      async (tx) => {
        const row = await this.#namespace(tx, ctx, args.namespace);
        this.#require(ctx, 'modify_metadef_namespace', row);
        const { name, visibility, display_name = null, description = null } = args;
        const values = { namespace: name, display_name, description, visibility, protected: args.protected };
        await this.#unique(
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
        const row = await this.#namespace(tx, ctx, name);
        this.#require(ctx, 'delete_metadef_namespace', row);
        requireUnprotected(row);
        await tx.deleteFrom('metadef_namespaces').where('namespace', '=', name).execute();
      },
      { name: 'metadef_namespace_delete' },
    );
  }

  async listItems(ctx: RequestContext, { namespace, kind }: MetadefItemsArgs): Promise<readonly MetadefItemData[]> {
    const row = await this.#namespace(this.store.db, ctx, namespace);
    this.#require(ctx, METADEF_RULES[kind].list, row);
    // Each association is shown by a rule of its own (glance.api.v2.metadef_resource_types).
    if (kind === 'resource_type' && !this.#allows(ctx, METADEF_RULES[kind].get, row)) return [];
    return this.#items(this.store.db, namespace, kind);
  }

  /** Error MetadefNotFound. */
  async getItem(ctx: RequestContext, { namespace, kind, name }: MetadefItemArgs): Promise<MetadefItemData> {
    const row = await this.#namespace(this.store.db, ctx, namespace);
    this.#require(ctx, METADEF_RULES[kind].get, row);
    return this.#item(this.store.db, namespace, kind, name);
  }

  /** Errors: MetadefNotFound, PolicyNotAuthorized, Conflict. */
  async createItems(ctx: RequestContext, args: MetadefItemCreateArgs): Promise<readonly MetadefItemData[]> {
    const { namespace, kind, items, all } = args;
    return this.store.transaction(
      async (tx) => {
        const row = await this.#namespace(tx, ctx, namespace);
        this.#require(ctx, all === undefined ? METADEF_RULES[kind].add : 'add_metadef_tags', row);
        if (all === 'replace') await this.#clear(tx, namespace, kind);
        await this.#add(tx, namespace, items);
        const stored = await this.#items(tx, namespace, kind);
        return items.flatMap(({ name }) => stored.filter((item) => item.name === name));
      },
      { name: 'metadef_item_create' },
    );
  }

  /** Errors: MetadefNotFound, PolicyNotAuthorized, Conflict. */
  async updateItem(ctx: RequestContext, args: MetadefItemUpdateArgs): Promise<MetadefItemData> {
    const { namespace, kind, name, new_name: newName, body } = args;
    return this.store.transaction(
      async (tx) => {
        const row = await this.#namespace(tx, ctx, namespace);
        this.#require(ctx, METADEF_RULES[kind].modify, row);
        await this.#item(tx, namespace, kind, name);
        await this.#unique(
          `A metadata definition ${kind} with name=${newName} already exists in namespace=${namespace}.`,
          tx
            .updateTable('metadef_items')
            .set({ name: newName, body: JSON.stringify(body), updated_at: sql<string>`business_now()` })
            .where('namespace', '=', namespace)
            .where('kind', '=', kind)
            .where('name', '=', name)
            .execute(),
        );
        return this.#item(tx, namespace, kind, newName);
      },
      { name: 'metadef_item_update' },
    );
  }

  /** Errors: MetadefNotFound, PolicyNotAuthorized. */
  async deleteItem(ctx: RequestContext, { namespace, kind, name }: MetadefItemArgs): Promise<void> {
    await this.store.transaction(
      async (tx) => {
        const row = await this.#namespace(tx, ctx, namespace);
        this.#require(ctx, METADEF_RULES[kind].delete, row);
        await this.#item(tx, namespace, kind, name);
        await tx
          .deleteFrom('metadef_items')
          .where('namespace', '=', namespace)
          .where('kind', '=', kind)
          .where('name', '=', name)
          .execute();
      },
      { name: 'metadef_item_delete' },
    );
  }

  /** All of a kind. Errors: MetadefNotFound, PolicyNotAuthorized, ImageForbidden (protected). */
  async clear(ctx: RequestContext, { namespace, kind }: MetadefItemsArgs): Promise<void> {
    await this.store.transaction(
      async (tx) => {
        const row = await this.#namespace(tx, ctx, namespace);
        this.#require(ctx, 'delete_metadef_namespace', row);
        if (kind === 'tag') this.#require(ctx, 'delete_metadef_tags', row);
        requireUnprotected(row);
        await this.#clear(tx, namespace, kind);
      },
      { name: 'metadef_clear' },
    );
  }

  async resourceTypes(ctx: RequestContext): Promise<readonly MetadefResourceTypeData[]> {
    this.#require(ctx, 'list_metadef_resource_types', null);
    return this.store.db
      .selectFrom('metadef_resource_types')
      .select(['name', 'created_at', 'updated_at'])
      .orderBy('name')
      .execute();
  }

  async #add(tx: Transaction, namespace: string, items: readonly MetadefItemInput[]): Promise<void> {
    for (const { kind, name, body } of items) {
      if (kind === 'resource_type') {
        await tx
          .insertInto('metadef_resource_types')
          .values({ name })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }
      await this.#unique(
        `A metadata definition ${kind} with name=${name} already exists in namespace=${namespace}.`,
        tx
          .insertInto('metadef_items')
          .values({ namespace, kind, name, body: JSON.stringify(body) })
          .execute(),
      );
    }
  }

  async #clear(tx: Transaction, namespace: string, kind: MetadefKind): Promise<void> {
    await tx.deleteFrom('metadef_items').where('namespace', '=', namespace).where('kind', '=', kind).execute();
  }

  async #whole(db: Queries, name: string): Promise<MetadefNamespaceData> {
    const row = await db
      .selectFrom('metadef_namespaces')
      .select(NAMESPACE_COLUMNS)
      .where('namespace', '=', name)
      .executeTakeFirstOrThrow();
    return { ...row, items: await this.#items(db, name) };
  }

  async #items(db: Queries, namespace: string, kind?: MetadefKind): Promise<readonly MetadefItemData[]> {
    let query = db.selectFrom('metadef_items').select(ITEM_COLUMNS).where('namespace', '=', namespace);
    if (kind !== undefined) query = query.where('kind', '=', kind);
    return query.orderBy('created_at').orderBy('name').execute();
  }

  async #item(db: Queries, namespace: string, kind: MetadefKind, name: string): Promise<MetadefItemData> {
    const found = (await this.#items(db, namespace, kind)).find((item) => item.name === name);
    if (found !== undefined) return found;
    throw notFound(`The metadata definition ${kind} with name=${name} was not found in namespace=${namespace}.`);
  }

  /** A namespace that the caller may see. */
  async #namespace(db: Queries, ctx: RequestContext, name: string): Promise<NamespaceRow> {
    const row = await db
      .selectFrom('metadef_namespaces')
      .select(NAMESPACE_COLUMNS)
      .where('namespace', '=', name)
      .executeTakeFirst();
    if (row !== undefined && this.#allows(ctx, 'get_metadef_namespace', row)) return row;
    throw notFound(`Namespace ${name} not found`);
  }

  #visible(ctx: RequestContext) {
    if (this.authorizer.allows(ctx, 'image', 'context_is_admin', {})) return sql<boolean>`true`;
    return sql<boolean>`(visibility = 'public' or owner = ${ctx.project_id ?? ''})`;
  }

  #allows(ctx: RequestContext, rule: string, row: NamespaceRow | null): boolean {
    const target =
      row === null ? { project_id: ctx.project_id ?? '' } : { project_id: row.owner ?? '', visibility: row.visibility };
    return this.authorizer.allows(ctx, 'image', rule, target);
  }

  #require(ctx: RequestContext, rule: string, row: NamespaceRow | null): void {
    if (this.#allows(ctx, rule, row)) return;
    throw new ExpectedError('PolicyNotAuthorized', `You are not authorized to complete ${rule} action.`, { rule });
  }

  async #unique(message: string, work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (error) {
      throw violatedUnique(error) === undefined ? error : new ExpectedError('Conflict', message);
    }
  }
}

function requireUnprotected(row: NamespaceRow): void {
  if (!row.protected) return;
  throw forbidden(`Metadata definition namespace ${row.namespace} is protected and cannot be deleted.`);
}
