import { sql } from 'kysely';
import type {
  MetadefItemArgs,
  MetadefItemCreateArgs,
  MetadefItemData,
  MetadefItemInput,
  MetadefItemUpdateArgs,
  MetadefItemsArgs,
  MetadefKind,
} from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Queries, Store, Transaction } from '../../store/index.js';
import { metadefNotFound, requireUnique, requireUnprotected } from './metadef-access.js';
import type { MetadefAccess } from './metadef-access.js';
import { METADEF_RULES } from './metadef-rules.js';

export const ITEM_COLUMNS = ['kind', 'name', 'body', 'created_at', 'updated_at'] as const;

/** The items in namespaces: objects, properties, tags and associations with resource types. */
export class MetadefItemManager {
  constructor(
    private readonly store: Store,
    private readonly access: MetadefAccess,
  ) {}

  async list(ctx: RequestContext, { namespace, kind }: MetadefItemsArgs): Promise<readonly MetadefItemData[]> {
    const row = await this.access.namespace(this.store.db, ctx, namespace);
    this.access.require(ctx, METADEF_RULES[kind].list, row);
    // Each association is shown by a policy rule of its own (glance.api.v2.metadef_resource_types).
    if (kind === 'resource_type' && !this.access.allows(ctx, METADEF_RULES[kind].get, row)) return [];
    return itemsOf(this.store.db, namespace, kind);
  }

  /** Error MetadefNotFound. */
  async get(ctx: RequestContext, { namespace, kind, name }: MetadefItemArgs): Promise<MetadefItemData> {
    const row = await this.access.namespace(this.store.db, ctx, namespace);
    this.access.require(ctx, METADEF_RULES[kind].get, row);
    return itemOf(this.store.db, namespace, kind, name);
  }

  /** Errors: MetadefNotFound, PolicyNotAuthorized, Conflict. */
  async create(ctx: RequestContext, args: MetadefItemCreateArgs): Promise<readonly MetadefItemData[]> {
    const { namespace, kind, items, all } = args;
    return this.store.transaction(
      async (tx) => {
        const row = await this.access.namespace(tx, ctx, namespace);
        this.access.require(ctx, all === undefined ? METADEF_RULES[kind].add : 'add_metadef_tags', row);
        if (all === 'replace') await clearItems(tx, namespace, kind);
        await addItems(tx, namespace, items);
        const stored = await itemsOf(tx, namespace, kind);
        return items.flatMap(({ name }) => stored.filter((item) => item.name === name));
      },
      { name: 'metadef_item_create' },
    );
  }

  /** Errors: MetadefNotFound, PolicyNotAuthorized, Conflict. */
  async update(ctx: RequestContext, args: MetadefItemUpdateArgs): Promise<MetadefItemData> {
    const { namespace, kind, name, new_name: newName, body } = args;
    return this.store.transaction(
      async (tx) => {
        const row = await this.access.namespace(tx, ctx, namespace);
        this.access.require(ctx, METADEF_RULES[kind].modify, row);
        await itemOf(tx, namespace, kind, name);
        await requireUnique(
          `A metadata definition ${kind} with name=${newName} already exists in namespace=${namespace}.`,
          tx
            .updateTable('metadef_items')
            .set({ name: newName, body: JSON.stringify(body), updated_at: sql<string>`business_now()` })
            .where('namespace', '=', namespace)
            .where('kind', '=', kind)
            .where('name', '=', name)
            .execute(),
        );
        return itemOf(tx, namespace, kind, newName);
      },
      { name: 'metadef_item_update' },
    );
  }

  /** Errors: MetadefNotFound, PolicyNotAuthorized. */
  async delete(ctx: RequestContext, { namespace, kind, name }: MetadefItemArgs): Promise<void> {
    await this.store.transaction(
      async (tx) => {
        const row = await this.access.namespace(tx, ctx, namespace);
        this.access.require(ctx, METADEF_RULES[kind].delete, row);
        await itemOf(tx, namespace, kind, name);
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

  /** Deletes all of a kind. Errors: MetadefNotFound, PolicyNotAuthorized, ImageForbidden (protected). */
  async clear(ctx: RequestContext, { namespace, kind }: MetadefItemsArgs): Promise<void> {
    await this.store.transaction(
      async (tx) => {
        const row = await this.access.namespace(tx, ctx, namespace);
        this.access.require(ctx, 'delete_metadef_namespace', row);
        if (kind === 'tag') this.access.require(ctx, 'delete_metadef_tags', row);
        requireUnprotected(row);
        await clearItems(tx, namespace, kind);
      },
      { name: 'metadef_clear' },
    );
  }
}

/** Error Conflict. */
export async function addItems(tx: Transaction, namespace: string, items: readonly MetadefItemInput[]): Promise<void> {
  for (const { kind, name, body } of items) {
    if (kind === 'resource_type') {
      await tx
        .insertInto('metadef_resource_types')
        .values({ name })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
    await requireUnique(
      `A metadata definition ${kind} with name=${name} already exists in namespace=${namespace}.`,
      tx
        .insertInto('metadef_items')
        .values({ namespace, kind, name, body: JSON.stringify(body) })
        .execute(),
    );
  }
}

async function clearItems(tx: Transaction, namespace: string, kind: MetadefKind): Promise<void> {
  await tx.deleteFrom('metadef_items').where('namespace', '=', namespace).where('kind', '=', kind).execute();
}

/** All items of a namespace, or all of a kind. */
export async function itemsOf(db: Queries, namespace: string, kind?: MetadefKind): Promise<readonly MetadefItemData[]> {
  let query = db.selectFrom('metadef_items').select(ITEM_COLUMNS).where('namespace', '=', namespace);
  if (kind !== undefined) query = query.where('kind', '=', kind);
  return query.orderBy('created_at').orderBy('name').execute();
}

async function itemOf(db: Queries, namespace: string, kind: MetadefKind, name: string): Promise<MetadefItemData> {
  const found = (await itemsOf(db, namespace, kind)).find((item) => item.name === name);
  if (found !== undefined) return found;
  throw metadefNotFound(`The metadata definition ${kind} with name=${name} was not found in namespace=${namespace}.`);
}
