import { objectType, pageType } from '../objects/versioned-object.js';
import type { Page } from '../objects/versioned-object.js';
import type { ResourceOptions } from './resource-options.js';

/** What each kind has beyond its own fields; absent from an older worker. */
interface Resource {
  readonly options?: ResourceOptions;
  /** Attributes that clients set and nothing here knows. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

export interface DomainData extends Resource {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly tags?: readonly string[];
}

export interface ProjectData extends Resource {
  readonly id: string;
  readonly name: string;
  /** Null with `is_domain`. */
  readonly domain_id: string | null;
  readonly domain_name: string | null;
  readonly description: string;
  readonly enabled: boolean;
  readonly tags?: readonly string[];
  /** Null: right below its domain. */
  readonly parent_id?: string | null;
  /** A domain, as keystone's API shows it among the projects: without a domain of its own. */
  readonly is_domain?: boolean;
}

/** Without the password hash, which never leaves the worker. */
export interface UserData extends Resource {
  readonly id: string;
  readonly name: string;
  readonly domain_id: string;
  readonly domain_name: string;
  readonly enabled: boolean;
  readonly default_project_id: string | null;
  /** ISO 8601 in UTC, without `Z`; null: its password is never over. */
  readonly password_expires_at?: string | null;
  readonly email: string | null;
  readonly description?: string | null;
}

export interface RoleData extends Resource {
  readonly id: string;
  readonly name: string;
  readonly domain_id: string | null;
  readonly description?: string | null;
}

export interface RoleAssignmentData {
  readonly role: RoleData;
  /** Null of a group's. */
  readonly user_id: string | null;
  readonly user_name: string | null;
  readonly user_domain_id?: string | null;
  readonly user_domain_name?: string | null;
  /** Of a user's effective assignment: the group by which it has it. */
  readonly group_id?: string | null;
  readonly group_name?: string | null;
  readonly group_domain_id?: string | null;
  readonly group_domain_name?: string | null;
  /** The projects below what it is on have it. */
  readonly inherited?: boolean;
  /** Of an effective assignment: where it is inherited from. */
  readonly from_project_id?: string | null;
  readonly from_domain_id?: string | null;
  readonly project_id: string | null;
  readonly project_name: string | null;
  readonly project_domain_id?: string | null;
  readonly project_domain_name?: string | null;
  readonly domain_id: string | null;
  readonly domain_name?: string | null;
  /** `all` for the whole system, else null. */
  readonly system: 'all' | null;
  /** Id of the assigned role that implies this one; only in lists of effective assignments. */
  readonly prior_role_id?: string | null;
}

/** A role and one that who holds it holds, too. */
export interface RoleInferenceData {
  readonly prior_role: Pick<RoleData, 'id' | 'name'>;
  readonly implies: Pick<RoleData, 'id' | 'name'>;
}

/** A project that a token can be for: never a domain. */
export type ScopedProject = ProjectData & { readonly domain_id: string; readonly domain_name: string };

/** The part of an application credential that its tokens tell. Times are ISO 8601, UTC. */
export interface DelegatedCredential {
  readonly id: string;
  readonly name: string;
  readonly restricted: boolean;
  readonly access_rules: readonly {
    readonly id: string;
    readonly service: string;
    readonly method: string;
    readonly path: string;
  }[];
  readonly expires_at: string | null;
}

export interface DelegatedTrust {
  readonly id: string;
  readonly trustor_user_id: string;
  readonly trustee_user_id: string;
  readonly impersonation: boolean;
  readonly expires_at: string | null;
}

/** What an authentication found out; the gateway makes the token of it, so that no token travels on the bus. */
export interface AuthenticationData {
  readonly user: UserData;
  readonly roles: readonly RoleData[];
  readonly project: ScopedProject | null;
  readonly domain: DomainData | null;
  readonly system: 'all' | null;
  readonly is_admin_project: boolean;
  /** By what the caller was authenticated, when it was an application credential. */
  readonly application_credential?: DelegatedCredential;
  /** What the token is scoped by; the user is its trustor where it impersonates it. */
  readonly trust?: DelegatedTrust;
  /** The OAuth 1.0a access token by which somebody acts for the user. */
  readonly access_token?: { readonly id: string; readonly consumer_id: string };
  /** All by which the user was authenticated, where that is more than what was asked. */
  readonly methods?: readonly string[];
  /** The database's clock before the user was looked up: what revocations compare a token's age with. */
  readonly authenticated_at?: string;
}

export interface RevocationData {
  /** Audit id of the revoked token, or of the first token of a revoked chain; empty with a subject. */
  readonly audit_id: string;
  /** What revoked tokens are about (`revocationSubject`), when they were issued before `issued_before`. */
  readonly subject?: string;
  /** Without a subject: when the token was revoked. */
  readonly issued_before?: string;
  /** ISO 8601 UTC: after this the token is invalid by itself and the row is swept. */
  readonly expires_at: string;
}

const since = { version: '1.1', contract: '1.1' } as const;

export const Domain = objectType<DomainData>('Domain', '1.1', [{ ...since, adds: ['options', 'extra', 'tags'] }]);
export const DomainPage = pageType(Domain);
export const Project = objectType<ProjectData>('Project', '1.1', [
  { ...since, adds: ['options', 'extra', 'parent_id', 'is_domain'] },
]);
export const ProjectPage = pageType(Project);
export const User = objectType<UserData>('User', '1.1', [
  { ...since, adds: ['options', 'extra', 'password_expires_at'] },
]);
export const UserPage = pageType(User);
export const Role = objectType<RoleData>('Role', '1.1', [{ ...since, adds: ['options', 'extra'] }]);
export const RolePage = pageType(Role);
export const RoleAssignmentPage = objectType<Page<RoleAssignmentData>>('RoleAssignmentPage', '1.1', [since]);
export const RoleInferencePage = objectType<Page<RoleInferenceData>>('RoleInferencePage', '1.0');
export const Authentication = objectType<AuthenticationData>('Authentication', '1.1', [
  { ...since, adds: ['application_credential', 'trust', 'access_token', 'methods'] },
]);
/** Beside the revocations: the business time that tokens are judged by, see `ClockMovedArgs`. */
export interface RevocationPageData extends Page<RevocationData> {
  readonly clock_offset_ms?: number;
  readonly clock_version?: number;
}
export const RevocationPage = objectType<RevocationPageData>('RevocationPage', '1.1', [
  { ...since, adds: ['clock_offset_ms', 'clock_version'], missing: { clock_offset_ms: 0, clock_version: 0 } },
]);
