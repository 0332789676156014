import { sql } from 'kysely';
import { ExpectedError, revocationSubject } from '#libs/contracts';
import type { PasswordChangeArgs, UserCreateArgs, UserData, UserUpdateArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Queries } from '../../store/index.js';
import { checkPassword } from '../authenticate.js';
import type { CurrentLoginLimits } from '../login-limits.js';
import { loginSource } from '../login-source.js';
import { findOne } from '../identity-kinds.js';
import { hashPassword } from '../password-hash.js';
import { unauthorized } from '../held-roles.js';
import type { IdentityChanges } from './identity-changes.js';
import type { PasswordRules } from './password-rules.js';
import { changed, newIdentityId, requireSame, resourceColumns, storedResource } from './identity-changes.js';

export class UserManager {
  constructor(
    private readonly changes: IdentityChanges,
    private readonly limits: CurrentLoginLimits,
    private readonly rules: PasswordRules,
  ) {}

  /** Errors: DomainNotFound, Conflict, InvalidInput for a default project that does not exist. */
  async create(ctx: RequestContext, args: UserCreateArgs): Promise<UserData> {
    this.changes.authorize(ctx, 'create_user', { user: { domain_id: args.domain_id } });
    const id = newIdentityId();
    const { domain_id: domainId, description, enabled, email } = args;
    const name = args.name.trim();
    const hash = await this.#hash(args.password);
    const origin = { origin: 'administrator', options: args.options } as const;
    return this.changes.run({ kind: 'user', name, domainId }, async (tx) => {
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
          ...resourceColumns(args),
        })
        .execute();
      if (hash !== undefined) await this.rules.record(tx, id, hash, origin);
      return this.changes.get(tx, 'user', id);
    });
  }

  /** A new password and a disabled user make the tokens of the user invalid. */
  async update(ctx: RequestContext, args: UserUpdateArgs): Promise<UserData> {
    const { id, description, enabled, email, default_project_id: projectId } = args;
    const name = args.name?.trim();
    // Asked before the slow hash, and again about the row within the transaction.
    await this.changes.getFor(ctx, this.changes.store.db, 'user', { id, action: 'update' });
    const hash = await this.#hash(args.password);
    return this.changes.run({ kind: 'user', name: name ?? '' }, async (tx) => {
      const before = await this.changes.getFor(ctx, tx, 'user', { id, action: 'update' });
      requireSame('Cannot change Domain ID', before.domain_id, args.domain_id);
      await this.#requireProject(tx, projectId);
      const values = changed({
        name,
        description,
        enabled,
        email,
        default_project_id: projectId,
        password_hash: hash,
        ...storedResource(before, args),
        // As in keystone: who enables a user unlocks it.
        ...(enabled === true
          ? { failed_auth_count: 0, failed_auth_at: null, last_active_at: sql<string>`business_now()::date` }
          : {}),
      });
      if (Object.keys(values).length > 0) await tx.updateTable('users').set(values).where('id', '=', id).execute();
      if (hash !== undefined) {
        const options = { ...before.options, ...args.options };
        await this.rules.record(tx, id, hash, { origin: 'administrator', options });
      }
      if (hash !== undefined || (before.enabled && enabled === false)) {
        await this.changes.revoke(tx, ctx, [revocationSubject.user(id)]);
      }
      return this.changes.get(tx, 'user', id);
    });
  }

  async delete(ctx: RequestContext, id: string): Promise<void> {
    await this.changes.run({ kind: 'user', name: id }, async (tx) => {
      await this.changes.getFor(ctx, tx, 'user', { id, action: 'delete' });
      await tx.deleteFrom('users').where('id', '=', id).execute();
      await this.changes.revoke(tx, ctx, [revocationSubject.user(id)]);
    });
  }

  /** Whoever knows the password may change it; wrong ones count as failed logins. */
  async changePassword(ctx: RequestContext, args: PasswordChangeArgs): Promise<void> {
    const { user_id: id, password, original_password: original } = args;
    const origin = { source: loginSource(ctx), limits: this.limits.now };
    const checked = await checkPassword(this.changes.store, { user: { id }, password: original }, origin);
    if (checked.user.options?.['lock_password'] === true) {
      throw new ExpectedError(
        'InvalidInput',
        'You cannot change your password at this time due to password policy disallowing password changes. ' +
          'Please contact your administrator to reset your password.',
      );
    }
    if (password === original) {
      throw new ExpectedError('InvalidInput', 'The new password cannot be identical to the previous password.');
    }
    this.rules.requireStrength(password);
    await this.rules.requireChange(this.changes.store.db, id, password);
    const hash = await hashPassword(password);
    await this.changes.run({ kind: 'user', name: id }, async (tx) => {
      const result = await tx
        .updateTable('users')
        .set({ password_hash: hash })
        .where('id', '=', id)
        .where('password_hash', '=', checked.passwordHash)
        .executeTakeFirst();
      if (result.numUpdatedRows === 0n) throw unauthorized();
      await this.rules.record(tx, id, hash, { origin: 'user', options: checked.user.options });
      await this.changes.revoke(tx, ctx, [revocationSubject.user(id)]);
    });
  }

  /** Undefined: the password stays; null: there is none any more. */
  async #hash(password: string | null | undefined): Promise<string | null | undefined> {
    if (typeof password !== 'string') return password;
    this.rules.requireStrength(password);
    return hashPassword(password);
  }

  async #requireProject(db: Queries, id: string | null | undefined): Promise<void> {
    if (id === undefined || id === null) return;
    const found = await findOne(db, 'project', id);
    if (found === null)
      throw new ExpectedError('InvalidInput', `Invalid default_project_id: there is no project ${id}.`);
    if (found.is_domain === true) {
      throw new ExpectedError('InvalidInput', "User's default project ID cannot be a domain ID: " + id);
    }
  }
}
