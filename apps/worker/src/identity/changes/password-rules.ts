import { sql } from 'kysely';
import type { SecurityComplianceOptions } from '#libs/options';
import { ExpectedError } from '#libs/contracts';
import type { ResourceOptions } from '#libs/contracts';
import type { Queries, Transaction } from '../../store/index.js';
import { verifyPassword } from '../password-hash.js';

type RuleOptions = Pick<
  SecurityComplianceOptions,
  | 'passwordRegex'
  | 'passwordRegexDescription'
  | 'passwordExpiresDays'
  | 'uniqueLastPasswordCount'
  | 'minimumPasswordAge'
  | 'changePasswordUponFirstUse'
>;

/** Who set a password: the user, or an administrator for the user. */
export type PasswordOrigin = 'user' | 'administrator';

/** keystone's rules for passwords, `[security_compliance]`. Its errors are InvalidInput. */
export class PasswordRules {
  readonly #pattern: RegExp | undefined;

  constructor(private readonly options: RuleOptions) {
    const { passwordRegex } = options;
    // As Python's `re.match`: anchored at the beginning.
    this.#pattern = passwordRegex === undefined ? undefined : new RegExp(`^(?:${passwordRegex})`, 'u');
  }

  /** Checks the strength of a new password, whoever set it. */
  requireStrength(password: string): void {
    if (this.#pattern === undefined || this.#pattern.test(password)) return;
    const { passwordRegexDescription: detail } = this.options;
    throw new ExpectedError(
      'InvalidInput',
      `The password does not match the requirements: ${detail ?? 'it does not match password_regex'}.`,
    );
  }

  /**
   * Checks a user's own change: it must not be too soon after the last one, and not repeat one of the last passwords.
   */
  async requireChange(db: Queries, userId: string, password: string): Promise<void> {
    const { minimumPasswordAge: days, uniqueLastPasswordCount: count } = this.options;
    const found = await sql<{ days_left: number | null }>`
      select case when password_self_service
          and password_created_at + make_interval(days => ${days}::integer) > business_now()
        then floor(extract(epoch from password_created_at + make_interval(days => ${days}::integer) - business_now()) / 86400)::integer
        end as days_left
      from users where id = ${userId}`.execute(db);
    const left = found.rows[0]?.days_left;
    if (left !== null && left !== undefined) {
      throw new ExpectedError(
        'InvalidInput',
        'You cannot change your password at this time due to the minimum password age. Once you change your password, ' +
          `it must be used for ${days} day(s) before it can be changed. Please try again in ${left} day(s) or contact ` +
          'your administrator to reset your password.',
      );
    }
    if (count === 0) return;
    const hashes = await sql<{ password_hash: string }>`
      select password_hash from password_history where user_id = ${userId}
      order by created_at desc, id desc limit ${count}`.execute(db);
    for (const { password_hash: hash } of hashes.rows) {
      if (!(await verifyPassword(password, hash))) continue;
      throw new ExpectedError(
        'InvalidInput',
        'The new password cannot be identical to a previous password. The total number which includes the new password ' +
          `must be unique is ${count}.`,
      );
    }
  }

  /** Called after a user's password was set: records when it expires, and adds it to the user's history. */
  async record(
    tx: Transaction,
    userId: string,
    hash: string | null,
    { origin, options }: { readonly origin: PasswordOrigin; readonly options: ResourceOptions | undefined },
  ): Promise<void> {
    const { passwordExpiresDays: days = null, changePasswordUponFirstUse: isForced } = this.options;
    const isExempt = options?.['ignore_change_password_upon_first_use'] === true;
    const isOver = hash !== null && origin === 'administrator' && isForced && !isExempt;
    await sql`
      update users set password_created_at = business_now(), password_self_service = ${origin === 'user'},
        password_expires_at = case when ${isOver} then business_now() when ${hash}::text is null then null
          else business_now() + make_interval(days => ${days}::integer) end
      where id = ${userId}`.execute(tx);
    if (hash === null) return;
    await sql`insert into password_history (user_id, password_hash) values (${userId}, ${hash})`.execute(tx);
    await sql`
      delete from password_history where user_id = ${userId} and id not in (
        select id from password_history where user_id = ${userId} order by created_at desc, id desc
        limit ${Math.max(1, this.options.uniqueLastPasswordCount)})`.execute(tx);
  }
}
