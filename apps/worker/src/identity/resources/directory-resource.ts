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

/** What every manager of a declared resource works with. */
export interface DirectoryContext {
  readonly changes: IdentityChanges;
  readonly policy: IdentityPolicy;
  readonly secrets: SecretBox;
}

export type Operation = 'list' | 'get' | 'create' | 'update' | 'delete';
export type Target = Readonly<Record<string, unknown>>;

export const EVERY_ROW = sql<boolean>`true`;

/**
 * What a worker does with a declared resource of the Identity API: each operation in one transaction, with keystone's
 * rule about the row. When there is no such row, the rule is asked without a target, as in keystone: whom it refuses gets
 * 403, others 404. The operations of `tellsEverybody` answer 404 to all. Subclasses say what is special in hooks.
 */
export abstract class DirectoryResource<R extends object> {
  protected readonly table: ResourceTable;

  /** Operations that look the row up before the rule is asked (keystone's enforce_call without a target): 404 for all. */
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

  /** All or none. Errors: PolicyNotAuthorized, Conflict and the hooks'. */
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

  /** Errors: PolicyNotAuthorized, NotFound, Conflict and the hooks'. */
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

  /** Errors: PolicyNotAuthorized, NotFound and the hooks'. */
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

  /** A row, whoever may see it. */
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

  /** Error PolicyNotAuthorized. Subclasses add what else an operation asks of its caller. */
  protected async authorize(
    context: RequestContext,
    operation: Operation,
    target: Target,
    _db: Queries,
  ): Promise<void> {
    this.shared.policy.authorize(context, this.rule(operation, target), target);
  }

  /** The rule about an operation, without `identity:`. */
  protected rule(operation: Operation, _target?: Target): string {
    return resourceRule(this.declaration, operation).slice('identity:'.length);
  }

  /** What rules about a row look at; `parentId` is the one that the path names. */
  protected target(row: object, _parentId?: string): Target {
    return { [this.declaration.singular]: row };
  }

  /** What rules look at where there is no such row. */
  protected missingTarget(_parentId?: string): Target {
    return {};
  }

  protected createTarget(given: Values): Target {
    return this.target(given);
  }

  protected listTarget(_context: RequestContext, _args: ListArgs): Target {
    return {};
  }

  /** A condition on `t`: the rows that lists show. */
  protected visible(_context: RequestContext): RawBuilder<boolean> {
    return EVERY_ROW;
  }

  /** Whether a list shows a row that is visible, where a rule decides that row by row. */
  protected isListed(_context: RequestContext, _row: R): boolean {
    return true;
  }

  /** The values of a new row, before the transaction: what is slow, or needs nothing of the database. */
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

  /** The columns of values: by themselves those of the fields. */
  protected written(values: Values): Values {
    return Object.fromEntries(Object.entries(values).filter(([name]) => this.table.columns.has(name)));
  }

  /** Fills in what no column has. */
  protected async complete(_db: Queries, rows: readonly R[]): Promise<readonly R[]> {
    return rows;
  }

  /** What is taken, of new rows that something forbids. */
  protected duplicate(_drafts: readonly Values[]): string {
    return 'Duplicate entry';
  }

  /** What the answer to a create tells beside the row: secrets that are told once. */
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
      // Something that it names came or went meanwhile.
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

/** keystone's 400 for something that a body names and that there is not. */
export function missingReference(attribute: string, target: string): ExpectedError {
  return new ExpectedError('InvalidInput', `Expecting to find ${attribute} in ${target}.`);
}
