import type { Generated } from 'kysely';
import type { DefaultJson, DefaultTimestamp, Timestamp } from './column-types.js';

export interface DomainsTable {
  id: string;
  name: string;
  description: Generated<string>;
  enabled: Generated<boolean>;
  created_at: DefaultTimestamp;
}

export interface ProjectsTable {
  id: string;
  name: string;
  domain_id: string;
  description: Generated<string>;
  enabled: Generated<boolean>;
  tags: DefaultJson<readonly string[]>;
  created_at: DefaultTimestamp;
}

export interface UsersTable {
  id: string;
  name: string;
  domain_id: string;
  /** See password-hash.ts; null: no password logs this user in. */
  password_hash: string | null;
  enabled: Generated<boolean>;
  default_project_id: string | null;
  email: string | null;
  description: Generated<string | null>;
  created_at: DefaultTimestamp;
}

export interface RolesTable {
  id: string;
  name: string;
  domain_id: string | null;
  description: Generated<string | null>;
  created_at: DefaultTimestamp;
}

/** Who holds the prior role holds the implied one too. */
export interface ImpliedRolesTable {
  prior_role_id: string;
  implied_role_id: string;
}

/** A role of a user on one of: a project, a domain, the whole system. */
export interface RoleAssignmentsTable {
  id: string;
  role_id: string;
  user_id: string;
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

/** All tokens about a subject that were issued before a time; see `revocationSubject`. */
export interface TokenRulesTable {
  subject: string;
  issued_before: Timestamp;
  expires_at: Timestamp;
}

/** Wrong passwords of the running window. */
export interface FailedLoginsTable {
  /** `user:<id>`, or `name:<hash>` of a name that nobody has. */
  subject: string;
  failures: number;
  window_until: Timestamp;
}

export interface IdentityTables {
  domains: DomainsTable;
  projects: ProjectsTable;
  users: UsersTable;
  roles: RolesTable;
  implied_roles: ImpliedRolesTable;
  role_assignments: RoleAssignmentsTable;
  token_revocations: TokenRevocationsTable;
  token_rules: TokenRulesTable;
  failed_logins: FailedLoginsTable;
}
