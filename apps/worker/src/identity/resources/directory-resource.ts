import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError, isExpectedErrorCode, resourceRule } from '#libs/contracts';
import type { Declaration, ListArgs, Page, ResourceTarget } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { listRows } from '../../listing/list-rows.js';
import { managedTable } from '../../resources/manages.js';
import { insertRow } from '../../resources/resource-rows.js';
import type { Values } from '../../resources/resource-rows.js';
import { stored } from '../../resources/resource-table.js';
import type { ResourceTable } from '../../resources/resource-table.js';
import { sqlState, violatedUnique } from '../../store/index.js';
import type { Queries, Transaction } from '../../store/index.js';
import { newIdentityId, merged } from '../changes/identity-changes.js';
import type { IdentityChanges } from '../changes/identity-changes.js';
import type { IdentityPolicy } from '../identity-policy.js';
import type { SecretBox } from '../secret-box.js';

/** The services that every manager of a declared resource uses. */
export interface DirectoryContext {
  readonly changes: IdentityChanges;
  readonly policy: IdentityPolicy;
  readonly secrets: SecretBox;
}

export type Operation = 'list' | 'get' | 'create' | 'update' | 'delete';
export type Target = Readonly<Record<string, unknown>>;

export const EVERY_ROW = sql<boolean>`true`;

/**
 * The worker's operations on a declared resource of the Identity API: each in one transaction, with keystone's policy
 * rule about the row. If there is no such row, the rule is checked without a target, as in keystone: a caller that it
 * refuses gets 403, others 404. The operations in `tellsEverybody` answer 404 to every caller. Subclasses override
 * hooks for special behaviour.
 */
export abstract class DirectoryResource<R extends object> {
  protected readonly table: ResourceTable;

  /**
   * Operations that look up the row before the policy check (keystone's enforce_call without a target): 404 for every
   * caller.
   */
  protected readonly tellsEverybody: readonly Operation[] = [];

  constructor(protected readonly shared: DirectoryContext) {
    this.table = managedTable(new.target);
  }

  get declaration(): Declaration {
    return this.table.declaration;
  }

  /** Errors: PolicyNotAuthorized, InvalidFilter. */
  async list(context: RequestContext, args: ListArgs): Promise<Page<R>> {
    const { db } = this.shared.changes.store;
    await this.authorize(context, 'list', this.listTarget(context, args), db);
    const { rows, nextMarker } = await listRows<R & { readonly id: string }>(
      db,
      this.table.list,
      this.visible(context),
      args,
    );
    const shown = rows.filter((row) => this.isListed(context, row));
    return { objects: await this.complete(db, shown), next_marker: nextMarker };
  }

  /** Errors: PolicyNotAuthorized, the resource's NotFound. */
  async get(context: RequestContext, id: string, db?: Queries, parentId?: string): Promise<R> {
    return this.#allowed(context, db ?? this.shared.changes.store.db, 'get', { id, parent_id: parentId });
  }

  /** Creates all or none. Errors: PolicyNotAuthorized, Conflict and those of the hooks. */
  async create(context: RequestContext, inputs: readonly object[]): Promise<readonly R[]> {
    const drafts: Values[] = [];
    for (const input of inputs) {
      const given: Values = { ...input };
      await this.authorize(context, 'create', this.createTarget(given), this.shared.changes.store.db);
      drafts.push(await this.prepare({ ...this.#defaults(), id: newIdentityId(), ...given }, context));
    }
    return this.#transaction(
      'create',
      async (tx) => {
        const created: R[] = [];
        for (const values of drafts) {
          await this.beforeCreate(tx, values, context);
          await this.insert(tx, values);
          const row = await this.#stored(tx, values);
          await this.afterCreate(tx, row, values, context);
          const [complete] = await this.complete(tx, [row]);
          created.push({ ...(complete ?? row), ...this.toldOnce(values) });
        }
        return created;
      },
      drafts,
    );
  }

  /** Errors: PolicyNotAuthorized, NotFound, Conflict and those of the hooks. */
  async update(context: RequestContext, target: ResourceTarget, input: object): Promise<R> {
    return this.#transaction('update', async (tx) => {
      const before = await this.#allowed(context, tx, 'update', target);
      const values: Values = { ...input };
      const { extra } = values;
      if (typeof extra === 'object' && extra !== null) {
        values['extra'] = merged({ ...this.#extraOf(before) }, { ...extra });
      }
      await this.beforeUpdate(tx, before, values, context);
      await this.#store(tx, target, this.written(values));
      const row = await this.#stored(tx, { ...before, ...values, id: target.id });
      await this.afterUpdate(tx, before, row, context);
      const [complete] = await this.complete(tx, [row]);
      return complete ?? row;
    });
  }

  /** Errors: PolicyNotAuthorized, NotFound and those of the hooks. */
  async delete(context: RequestContext, target: ResourceTarget): Promise<void> {
    await this.#transaction('delete', async (tx) => {
      const row = await this.#allowed(context, tx, 'delete', target);
      await this.beforeDelete(tx, row, context);
      await sql`delete from ${sql.table(this.table.table)} t where ${this.at(target.id, target.parent_id)}`.execute(tx);
    });
  }

  act(_context: RequestContext, name: string): Promise<object> {
    throw new TypeError(`${this.constructor.name} has no action ${name}`);
  }

  /** A row, without a policy check. */
  async find(db: Queries, id: string, parentId?: string): Promise<R | undefined> {
    const { from, select } = this.table.list;
    const result = await sql<R>`select ${select} from ${from} where ${this.at(id, parentId)}`.execute(db);
    return result.rows[0];
  }

  notFound(id: string): ExpectedError {
    const { code, text } = this.declaration.notFound;
    if (!isExpectedErrorCode(code)) throw new TypeError(`${code} is not in the table of expected errors`);
    return new ExpectedError(code, text.replace('%s', id), { id });
  }

  /** Error PolicyNotAuthorized. Subclasses add further checks of the caller. */
  protected async authorize(
    context: RequestContext,
    operation: Operation,
    target: Target,
    _db: Queries,
  ): Promise<void> {
    this.shared.policy.authorize(context, this.rule(operation, target), target);
  }

  /** The name of an operation's policy rule, without `identity:`. */
  protected rule(operation: Operation, _target?: Target): string {
    return resourceRule(this.declaration, operation).slice('identity:'.length);
  }

  /** The policy target of a row; `parentId` is the id from the path. */
  protected target(row: object, _parentId?: string): Target {
    return { [this.declaration.singular]: row };
  }

  /** The policy target if there is no such row. */
  protected missingTarget(_parentId?: string): Target {
    return {};
  }

  protected createTarget(given: Values): Target {
    return this.target(given);
  }

  protected listTarget(_context: RequestContext, _args: ListArgs): Target {
    return {};
  }

  /** A condition on `t` that selects the rows that lists show. */
  protected visible(_context: RequestContext): RawBuilder<boolean> {
    return EVERY_ROW;
  }

  /** Whether a list shows a visible row; for rules that decide row by row. */
  protected isListed(_context: RequestContext, _row: R): boolean {
    return true;
  }

  /** The values of a new row, before the transaction: for slow work that does not need the database. */
  protected async prepare(values: Values, _context: RequestContext): Promise<Values> {
    return values;
  }

  protected async beforeCreate(_tx: Transaction, _values: Values, _context: RequestContext): Promise<void> {}

  protected async insert(tx: Transaction, values: Values): Promise<void> {
    await insertRow(tx, this.table, this.written(values));
  }

  protected async afterCreate(_tx: Transaction, _row: R, _values: Values, _context: RequestContext): Promise<void> {}
  protected async beforeUpdate(
    _tx: Transaction,
    _before: R,
    _values: Values,
    _context: RequestContext,
  ): Promise<void> {}
  protected async afterUpdate(_tx: Transaction, _before: R, _row: R, _context: RequestContext): Promise<void> {}
  protected async beforeDelete(_tx: Transaction, _row: R, _context: RequestContext): Promise<void> {}

  /** The columns for the values. Default: those of the fields. */
  protected written(values: Values): Values {
    return Object.fromEntries(Object.entries(values).filter(([name]) => this.table.columns.has(name)));
  }

  /** Fills in fields that have no column. */
  protected async complete(_db: Queries, rows: readonly R[]): Promise<readonly R[]> {
    return rows;
  }

  /** Text for Conflict: what is already in use when a unique constraint forbids new rows. */
  protected duplicate(_drafts: readonly Values[]): string {
    return 'Duplicate entry';
  }

  /** Further members of the response to a create: secrets that are returned only once. */
  protected toldOnce(_values: Values): object {
    return {};
  }

  /** A condition on `t`: the row with this id, below this parent. */
  protected at(id: string, parentId?: string): RawBuilder<boolean> {
    const { parent } = this.declaration;
    const own = sql<boolean>`t.id = ${id}`;
    return parent === undefined ? own : sql<boolean>`(${own} and ${sql.ref(`t.${parent.field}`)} = ${parentId ?? ''})`;
  }

  async #allowed(
    context: RequestContext,
    db: Queries,
    operation: 'get' | 'update' | 'delete',
    { id, parent_id: parentId }: { readonly id: string; readonly parent_id?: string | undefined },
  ): Promise<R> {
    const row = await this.find(db, id, parentId);
    if (row === undefined && this.tellsEverybody.includes(operation)) throw this.notFound(id);
    const complete = row === undefined ? undefined : (await this.complete(db, [row]))[0];
    const target = complete === undefined ? this.missingTarget(parentId) : this.target(complete, parentId);
    await this.authorize(context, operation, target, db);
    if (complete === undefined) throw this.notFound(id);
    return complete;
  }

  async #store(tx: Transaction, { id, parent_id: parentId }: ResourceTarget, values: Values): Promise<void> {
    const written = Object.entries(values).filter(([name, value]) => value !== undefined && name !== 'id');
    if (written.length === 0) return;
    const changes = written.map(
      ([name, value]) => sql`${sql.ref(name)} = ${stored(this.table.columns.get(name) ?? 'text', value)}`,
    );
    await sql`
      update ${sql.table(this.table.table)} as t set ${sql.join(changes)} where ${this.at(id, parentId)}`.execute(tx);
  }

  async #stored(tx: Transaction, values: Values): Promise<R> {
    const { parent } = this.declaration;
    const row = await this.find(
      tx,
      String(values['id']),
      parent === undefined ? undefined : String(values[parent.field]),
    );
    if (row === undefined) throw new Error(`a ${this.declaration.singular} is not there right after it was written`);
    return row;
  }

  #defaults(): Values {
    const fields = this.declaration.fields.filter((field) => !field.computed && field.default !== undefined);
    return Object.fromEntries(fields.map((field) => [field.field, field.default]));
  }

  #extraOf(row: R): Readonly<Record<string, unknown>> {
    const extra: unknown = Reflect.get(row, 'extra');
    return typeof extra === 'object' && extra !== null ? { ...extra } : {};
  }

  async #transaction<T>(
    operation: string,
    work: (tx: Transaction) => Promise<T>,
    drafts: readonly Values[] = [],
  ): Promise<T> {
    const { singular } = this.declaration;
    try {
      return await this.shared.changes.store.transaction(work, { name: `identity-${singular}-${operation}` });
    } catch (error) {
      if (violatedUnique(error) !== null) {
        const text = `Conflict occurred attempting to store ${singular} - ${this.duplicate(drafts)}.`;
        throw new ExpectedError('Conflict', text);
      }
      // An object that it names was deleted meanwhile.
      if (sqlState(error) === '23503') {
        throw new ExpectedError(
          'Conflict',
          `Conflict occurred attempting to store ${singular}: what it names has gone.`,
        );
      }
      throw error;
    }
  }
}

/** keystone's 400 for an object in a body that does not exist. */
export function missingReference(attribute: string, target: string): ExpectedError {
  return new ExpectedError('InvalidInput', `Expecting to find ${attribute} in ${target}.`);
}
