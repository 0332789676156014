import { objectType } from '../objects/versioned-object.js';
import type { Page } from '../objects/versioned-object.js';
import type { DomainData, ProjectData, RoleData, UserData } from './resources/directory.js';

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

/** Where a role is held: on one of the three. */
export interface GrantScope {
  readonly project_id?: string | null | undefined;
  readonly domain_id?: string | null | undefined;
  readonly system?: 'all' | null | undefined;
}

/**
 * Names of what a revocation of many tokens is about. A token matches when one of its own subjects is named and it was
 * issued before the revocation. Made only here, for both sides of the bus.
 */
export const revocationSubject = {
  user: (id: string): string => `user:${id}`,
  project: (id: string): string => `project:${id}`,
  /** Everything of a domain: tokens for it, for its projects, and of its users. */
  domain: (id: string): string => `domain:${id}`,
  role: (id: string): string => `role:${id}`,
  applicationCredential: (id: string): string => `application_credential:${id}`,
  trust: (id: string): string => `trust:${id}`,
  /** An access token of OAuth 1.0a. */
  accessToken: (id: string): string => `access_token:${id}`,
  /** The tokens of a user for one scope. */
  grant: (userId: string, scope: GrantScope): string => {
    if (scope.project_id != null) return `grant:${userId}:project:${scope.project_id}`;
    return scope.domain_id == null ? `grant:${userId}:system` : `grant:${userId}:domain:${scope.domain_id}`;
  },
};
