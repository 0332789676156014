import { sql } from 'kysely';
import { ExpectedError, revocationSubject } from '#libs/contracts';
import type { DirectoryCreateArgs, PasswordChangeArgs, User, UserData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Queries, Transaction } from '../../store/index.js';
import { checkPassword } from '../authenticate.js';
import type { CurrentLoginLimits } from '../login-attempts.js';
import { loginSource } from '../login-attempts.js';
import { findOne } from '../identity-kinds.js';
import { hashPassword } from '../password-hash.js';
import { unauthorized } from '../held-roles.js';
import { DirectoryManager } from './directory-manager.js';
import type { Fields } from './directory-manager.js';
import type { IdentityChanges } from './identity-changes.js';
import type { PasswordRules } from './password-rules.js';
import { newIdentityId, requireSame, resourceColumns, storedResource } from './identity-changes.js';

/** The gateway has chosen the domain. */
type UserCreateArgs = DirectoryCreateArgs<User> & Pick<User, 'domain_id'>;

export class UserManager extends DirectoryManager<'user'> {
  protected readonly kind = 'user';

  constructor(
    changes: IdentityChanges,
    private readonly limits: CurrentLoginLimits,
    private readonly rules: PasswordRules,
  ) {
    super(changes);
  }

  /** Errors: DomainNotFound, Conflict, InvalidInput for a default project that does not exist. */
  async create(ctx: RequestContext, args: UserCreateArgs): Promise<UserData> {
    this.changes.authorize(ctx, 'create_user', { user: { domain_id: args.domain_id } });
    const id = newIdentityId();
    const { domain_id: domainId, description, enabled, email } = args;
    const name = args.name.trim();
    const hash = await this.#hash(args.password);
    const origin = { origin: 'administrator', options: args.options } as const;
    return this.make({ name, id, domainId }, async (tx) => {
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
    });
  }

  /**
   * Replaces the password by its hash. The policy is checked before the slow hash, and again against the row within the
   * transaction.
   */
  protected override async prepare(ctx: RequestContext, id: string, fields: Fields<User>): Promise<Fields<User>> {
    await this.changes.getFor(ctx, this.changes.store.db, 'user', { id, action: 'update' });
    const { password } = fields;
    const named = await super.prepare(ctx, id, fields);
    return password === undefined ? named : { ...named, password: (await this.#hash(password)) ?? null };
  }

  /** A new password, or disabling the user, revokes the user's tokens. */
  protected async store(tx: Transaction, ctx: RequestContext, before: UserData, fields: Fields<User>): Promise<void> {
    const { name, description, enabled, email, default_project_id: projectId, password: hash } = fields;
    const { id } = before;
    requireSame('Cannot change Domain ID', before.domain_id, fields.domain_id);
    await this.#requireProject(tx, projectId);
    await this.write(tx, id, {
      name,
      description,
      enabled,
      email,
      default_project_id: projectId,
      password_hash: hash,
      ...storedResource(before, fields),
      // As in keystone: enabling a user unlocks it.
      ...(enabled === true
        ? { failed_auth_count: 0, failed_auth_at: null, last_active_at: sql<string>`business_now()::date` }
        : {}),
    });
    if (hash !== undefined) {
      const options = { ...before.options, ...fields.options };
      await this.rules.record(tx, id, hash, { origin: 'administrator', options });
    }
    if (hash !== undefined || (before.enabled && enabled === false)) {
      await this.changes.revoke(tx, ctx, [revocationSubject.user(id)]);
    }
  }

  protected async remove(tx: Transaction, ctx: RequestContext, { id }: UserData): Promise<void> {
    await tx.deleteFrom('users').where('id', '=', id).execute();
    await this.changes.revoke(tx, ctx, [revocationSubject.user(id)]);
  }

  /** Any caller that knows the password may change it; wrong ones count as failed log-ins. */
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

  /** Undefined: the password is left unchanged; null: it is removed. */
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
