import type { SecurityComplianceOptions } from '#libs/options';

/** How many wrong passwords are checked; each bound holds until the window ends that began with the first of them. */
export interface LoginLimits {
  /** Of one user from one source. @default 10 */
  readonly maxFailures: number;
  /**
   * Of one user from everywhere, and of one source for all users: what this costs of CPU time is bounded. Also of a
   * user from a source from which it has just logged in, which the other bounds leave alone. @default 100
   */
  readonly maxFailuresInAll: number;
  /** @default 60 */
  readonly windowSeconds: number;
  /** For how long a source counts as one from which a user has just logged in. @default 86400 */
  readonly trustedSeconds: number;
  /** `[security_compliance] lockout_failure_attempts`; undefined: users are not locked. */
  readonly lockoutAttempts?: number | undefined;
  /** `[security_compliance] lockout_duration`, seconds. @default 1800 */
  readonly lockoutSeconds: number;
  /** `[security_compliance] disable_user_account_days_inactive`; undefined: users may stay away. */
  readonly inactiveDays?: number | undefined;
}

export const DEFAULT_LOGIN_LIMITS: LoginLimits = Object.freeze({
  maxFailures: 10,
  maxFailuresInAll: 100,
  windowSeconds: 60,
  trustedSeconds: 86_400,
  lockoutSeconds: 1800,
});

/** The limits as the configuration has them now. */
export class CurrentLoginLimits {
  constructor(private readonly options: SecurityComplianceOptions) {}

  get now(): LoginLimits {
    const { lockoutFailureAttempts, lockoutDuration, disableUserAccountDaysInactive } = this.options;
    return {
      ...DEFAULT_LOGIN_LIMITS,
      lockoutAttempts: lockoutFailureAttempts,
      lockoutSeconds: lockoutDuration,
      inactiveDays: disableUserAccountDaysInactive,
    };
  }
}
