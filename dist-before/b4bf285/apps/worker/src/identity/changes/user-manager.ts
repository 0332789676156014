import { ExpectedError, revocationSubject } from '#libs/contracts';
import type { PasswordChangeArgs, UserCreateArgs, UserData, UserUpdateArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Queries } from '../../store/index.js';
import { checkPassword } from '../authenticate.js';
import { hashPassword } from '../password-hash.js';
import { unauthorized } from '../resolve-scope.js';
import type { IdentityChanges } from './identity-changes.js';
import { changed, newIdentityId } from './identity-changes.js';

export class UserManager {
  constructor(private readonly changes: IdentityChanges) {}

  /** Errors: DomainNotFound, Conflict, InvalidInput for a default project that does not exist. */
  async create(ctx: RequestContext, args: UserCreateArgs): Promise<UserData> {
    this.changes.authorize(ctx, 'create_user', { user: { domain_id: args.domain_id } });
    const id = newIdentityId();
    const { name, domain_id: domainId, description, enabled, email } = args;
    const hash = await this.#hash(args.password);
    return this.changes.run('user', name, async (tx) => {
      await this.changes.get(tx, 'domain', domainId);
      await this.#requireProject(tx, args.default_project_id);
      await tx
        .insertInto('users')
        .values({
          id,
          name,
          domain_id: domainId,
          password_hash: hash ?? null,
          default_project_id: args.default_project_id ?? null,
          email: email ?? null,
          description: description ?? null,
          enabled: enabled ?? true,
        })
        .execute();
      return this.changes.get(tx, 'user', id);
    });
  }

  /** A new password and a disabled user make the tokens of the user invalid. */
  async update(ctx: RequestContext, args: UserUpdateArgs): Promise<UserData> {
    const { id, name, description, enabled, email, default_project_id: projectId } = args;
    // Asked before the slow hash, and again about the row within the transaction.
    await this.changes.getFor(ctx, this.changes.store.db, 'user', { id, action: 'update' });
    const hash = await this.#hash(args.password);
    return this.changes.run('user', name ?? '', async (tx) => {
      const before = await this.changes.getFor(ctx, tx, 'user', { id, action: 'update' });
      await this.#requireProject(tx, projectId);
      const values = changed({
        name,
        description,
        enabled,
        email,
        default_project_id: projectId,
        password_hash: hash,
      });
      if (Object.keys(values).length > 0) await tx.updateTable('users').set(values).where('id', '=', id).execute();
      if (hash !== undefined || (before.enabled && enabled === false)) {
        await this.changes.revoke(tx, ctx, [revocationSubject.user(id)]);
      }
      return this.changes.get(tx, 'user', id);
    });
  }

  async delete(ctx: RequestContext, id: string): Promise<void> {
    await this.changes.run('user', id, async (tx) => {
      await this.changes.getFor(ctx, tx, 'user', { id, action: 'delete' });
      await tx.deleteFrom('users').where('id', '=', id).execute();
      await this.changes.revoke(tx, ctx, [revocationSubject.user(id)]);
    });
  }

  /** Whoever knows the password may change it; wrong ones count as failed logins. */
  async changePassword(ctx: RequestContext, args: PasswordChangeArgs): Promise<void> {
    const { user_id: id, password, original_password: original } = args;
    const checked = await checkPassword(this.changes.store, { user: { id }, password: original });
    if (password === original) {
      throw new ExpectedError('InvalidInput', 'The new password cannot be identical to the previous password.');
    }
    const hash = await hashPassword(password);
    await this.changes.run('user', id, async (tx) => {
      const result = await tx
        .updateTable('users')
        .set({ password_hash: hash })
        .where('id', '=', id)
        .where('password_hash', '=', checked.passwordHash)
        .executeTakeFirst();
      if (result.numUpdatedRows === 0n) throw unauthorized();
      await this.changes.revoke(tx, ctx, [revocationSubject.user(id)]);
    });
  }

  /** Undefined: the password stays; null: there is none any more. */
  async #hash(password: string | null | undefined): Promise<string | null | undefined> {
    return typeof password === 'string' ? hashPassword(password) : password;
  }

  async #requireProject(db: Queries, id: string | null | undefined): Promise<void> {
    if (id === undefined || id === null) return;
    const found = await db.selectFrom('projects').select('id').where('id', '=', id).executeTakeFirst();
    if (found === undefined) {
      throw new ExpectedError('InvalidInput', `Invalid default_project_id: there is no project ${id}.`);
    }
  }
}
