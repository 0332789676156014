import { sql } from 'kysely';
import type { DirectoryUpdateArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Transaction } from '../../store/index.js';
import type { IdentityKindName, IdentityKinds } from '../identity-kinds.js';
import type { ChangedObject, IdentityChanges } from './identity-changes.js';

/** The fields of an update, without the id. */
export type Fields<R extends object> = Omit<DirectoryUpdateArgs<R>, 'id'>;

/** Columns as they are stored; undefined ones are left unchanged. */
type Columns = Readonly<Record<string, unknown>>;

/**
 * Changes one kind of directory objects: each change in one transaction, with keystone's policy rule about the row.
 * Subclasses define what is written, and further effects.
 */
export abstract class DirectoryManager<K extends IdentityKindName> {
  protected abstract readonly kind: K;

  constructor(protected readonly changes: IdentityChanges) {}

  /** Errors: PolicyNotAuthorized, the kind's NotFound, Conflict, InvalidInput. */
  async update(ctx: RequestContext, args: DirectoryUpdateArgs<IdentityKinds[K]>): Promise<IdentityKinds[K]> {
    const { id, ...given } = args;
    const fields = await this.prepare(ctx, id, given);
    return this.changes.run({ kind: this.kind, name: fields.name ?? '', id }, async (tx) => {
      const before = await this.changes.getFor(ctx, tx, this.kind, { id, action: 'update' });
      await this.store(tx, ctx, before, fields);
      return this.changes.get(tx, this.kind, id);
    });
  }

  /** Errors: PolicyNotAuthorized, the kind's NotFound. */
  async delete(ctx: RequestContext, id: string): Promise<void> {
    await this.changes.run({ kind: this.kind, name: id }, async (tx) => {
      await this.remove(tx, ctx, await this.changes.getFor(ctx, tx, this.kind, { id, action: 'delete' }));
    });
  }

  /** Inserts a new row and returns it. Error Conflict. */
  protected make(
    what: Omit<ChangedObject, 'kind'> & { readonly id: string },
    insert: (tx: Transaction) => Promise<void>,
  ): Promise<IdentityKinds[K]> {
    return this.changes.run({ ...what, kind: this.kind }, async (tx) => {
      await insert(tx);
      return this.changes.get(tx, this.kind, what.id);
    });
  }

  /** The fields in their stored form; called before the transaction. */
  protected async prepare(
    _ctx: RequestContext,
    _id: string,
    fields: Fields<IdentityKinds[K]>,
  ): Promise<Fields<IdentityKinds[K]>> {
    const { name } = fields;
    return name === undefined ? fields : { ...fields, name: name.trim() };
  }

  /** Called within the transaction, after the policy check. */
  protected abstract store(
    tx: Transaction,
    ctx: RequestContext,
    before: IdentityKinds[K],
    fields: Fields<IdentityKinds[K]>,
  ): Promise<void>;

  /** Called within the transaction, after the policy check. */
  protected abstract remove(tx: Transaction, ctx: RequestContext, row: IdentityKinds[K]): Promise<void>;

  protected async write(tx: Transaction, id: string, columns: Columns): Promise<void> {
    const named = Object.entries(columns).filter(([, value]) => value !== undefined);
    if (named.length === 0) return;
    const changes = named.map(([name, value]) => sql`${sql.ref(name)} = ${value}`);
    await sql`update ${sql.table(`${this.kind}s`)} set ${sql.join(changes)} where id = ${id}`.execute(tx);
  }
}
