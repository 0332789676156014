import { objectType } from '../objects/versioned-object.js';
import type { Page } from '../objects/versioned-object.js';

export interface DomainData {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
}

export interface ProjectData {
  readonly id: string;
  readonly name: string;
  readonly domain_id: string;
  readonly domain_name: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly tags?: readonly string[];
}

/** Without the password hash, which never leaves the worker. */
export interface UserData {
  readonly id: string;
  readonly name: string;
  readonly domain_id: string;
  readonly domain_name: string;
  readonly enabled: boolean;
  readonly default_project_id: string | null;
  readonly email: string | null;
  readonly description?: string | null;
}

export interface RoleData {
  readonly id: string;
  readonly name: string;
  readonly domain_id: string | null;
  readonly description?: string | null;
}

export interface RoleAssignmentData {
  readonly role: RoleData;
  readonly user_id: string;
  readonly user_name: string;
  readonly project_id: string | null;
  readonly project_name: string | null;
  readonly domain_id: string | null;
  /** `all` for the whole system, else null. */
  readonly system: 'all' | null;
  /** Id of the assigned role that implies this one; only in lists of effective assignments. */
  readonly prior_role_id?: string | null;
}

/** What an authentication found out; the gateway makes the token of it, so that no token travels on the bus. */
export interface AuthenticationData {
  readonly user: UserData;
  readonly roles: readonly RoleData[];
  readonly project: ProjectData | null;
  readonly domain: DomainData | null;
  readonly system: 'all' | null;
  readonly is_admin_project: boolean;
  /** The database's clock before the user was looked up: what revocations compare a token's age with. */
  readonly authenticated_at?: string;
}

export interface RevocationData {
  /** Audit id of the revoked token, or of the first token of a revoked chain; empty with a subject. */
  readonly audit_id: string;
  /** What revoked tokens are about (`revocationSubject`), when they were issued before `issued_before`. */
  readonly subject?: string;
  readonly issued_before?: string;
  /** ISO 8601 UTC: after this the token is invalid by itself and the row is swept. */
  readonly expires_at: string;
}

export const Domain = objectType<DomainData>('Domain', '1.0');
export const DomainPage = objectType<Page<DomainData>>('DomainPage', '1.0');
export const Project = objectType<ProjectData>('Project', '1.0');
export const ProjectPage = objectType<Page<ProjectData>>('ProjectPage', '1.0');
export const User = objectType<UserData>('User', '1.0');
export const UserPage = objectType<Page<UserData>>('UserPage', '1.0');
export const Role = objectType<RoleData>('Role', '1.0');
export const RolePage = objectType<Page<RoleData>>('RolePage', '1.0');
export const RoleAssignmentPage = objectType<Page<RoleAssignmentData>>('RoleAssignmentPage', '1.0');
export const Authentication = objectType<AuthenticationData>('Authentication', '1.0');
export const RevocationPage = objectType<Page<RevocationData>>('RevocationPage', '1.0');
