import type { Generated } from 'kysely';
import type { DefaultJson, DefaultTimestamp, Timestamp } from './column-types.js';

/** Columns that keystone keeps for each of its resources beyond the resource's own fields. */
interface ResourceColumns {
  /** keystone's resource options, such as `immutable`. */
  options: DefaultJson<Readonly<Record<string, unknown>>>;
  /** Attributes that clients set and that this program does not interpret. */
  extra: DefaultJson<Readonly<Record<string, unknown>>>;
}

export interface DomainsTable extends ResourceColumns {
  id: string;
  name: string;
  description: Generated<string>;
  enabled: Generated<boolean>;
  tags: DefaultJson<readonly string[]>;
  created_at: DefaultTimestamp;
}

export interface ProjectsTable extends ResourceColumns {
  id: string;
  name: string;
  domain_id: string;
  /** Null: directly below its domain. */
  parent_id: Generated<string | null>;
  description: Generated<string>;
  enabled: Generated<boolean>;
  tags: DefaultJson<readonly string[]>;
  created_at: DefaultTimestamp;
}

export interface UsersTable extends ResourceColumns {
  id: string;
  name: string;
  domain_id: string;
  /** See password-hash.ts; null: this user cannot log in with a password. */
  password_hash: string | null;
  enabled: Generated<boolean>;
  default_project_id: string | null;
  email: string | null;
  description: Generated<string | null>;
  /** Failed log-ins since the last successful one, for `[security_compliance] lockout_failure_attempts`. */
  failed_auth_count: Generated<number>;
  failed_auth_at: Generated<string | null>;
  /** Date of the last log-in by password, for `disable_user_account_days_inactive`. */
  last_active_at: Generated<string | null>;
  created_at: DefaultTimestamp;
}

export interface RolesTable extends ResourceColumns {
  id: string;
  name: string;
  domain_id: string | null;
  description: Generated<string | null>;
  created_at: DefaultTimestamp;
}

/** A user who holds the prior role also holds the implied role. */
export interface ImpliedRolesTable {
  prior_role_id: string;
  implied_role_id: string;
}

/** A role of a user or a group on a project, a domain or the whole system. */
export interface RoleAssignmentsTable {
  id: string;
  role_id: string;
  user_id: string | null;
  group_id: Generated<string | null>;
  /** If true, the role applies to the projects below the target, and not to the target itself. */
  inherited: Generated<boolean>;
  project_id: string | null;
  domain_id: string | null;
  system: 'all' | null;
  created_at: DefaultTimestamp;
}

export interface TokenRevocationsTable {
  audit_id: string;
  expires_at: Timestamp;
  created_at: DefaultTimestamp;
}

/** Revokes all tokens of a subject that were issued before a time; see `revocationSubject`. */
export interface TokenRulesTable {
  subject: string;
  issued_before: Timestamp;
  expires_at: Timestamp;
}

/** Wrong passwords in the current time window. */
export interface FailedLoginsTable {
  /** The subject of the count: see login-attempts.ts. */
  subject: string;
  failures: number;
  window_until: Timestamp;
}

/**
 * Sources from which a user has logged in recently: the user's log-ins from them are not locked by failures from other
 * sources.
 */
export interface LoginSourcesTable {
  subject: string;
  source: string;
  succeeded_at: Timestamp;
}

export interface GroupMembersTable {
  group_id: string;
  user_id: string;
}

export interface IdentityTables {
  group_members: GroupMembersTable;
  domains: DomainsTable;
  projects: ProjectsTable;
  users: UsersTable;
  roles: RolesTable;
  implied_roles: ImpliedRolesTable;
  role_assignments: RoleAssignmentsTable;
  token_revocations: TokenRevocationsTable;
  token_rules: TokenRulesTable;
  failed_logins: FailedLoginsTable;
  login_sources: LoginSourcesTable;
}
