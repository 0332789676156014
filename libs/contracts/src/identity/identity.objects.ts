import { objectType } from '../objects/versioned-object.js';
import type { Page } from '../objects/versioned-object.js';
import type { DomainData, ProjectData, RoleData, UserData } from './resources/directory.js';

export interface RoleAssignmentData {
  readonly role: RoleData;
  /** Null for a group's assignment. */
  readonly user_id: string | null;
  readonly user_name: string | null;
  readonly user_domain_id?: string | null;
  readonly user_domain_name?: string | null;
  /** For a user's effective assignment: the group through which the user has it. */
  readonly group_id?: string | null;
  readonly group_name?: string | null;
  readonly group_domain_id?: string | null;
  readonly group_domain_name?: string | null;
  /** The projects below the target inherit it. */
  readonly inherited?: boolean;
  /** For an effective assignment: the project from which it is inherited. */
  readonly from_project_id?: string | null;
  readonly from_domain_id?: string | null;
  readonly project_id: string | null;
  readonly project_name: string | null;
  readonly project_domain_id?: string | null;
  readonly project_domain_name?: string | null;
  readonly domain_id: string | null;
  readonly domain_name?: string | null;
  /** `all` for the whole system, otherwise null. */
  readonly system: 'all' | null;
  /** Id of the assigned role that implies this one; only in lists of effective assignments. */
  readonly prior_role_id?: string | null;
}

/** A prior role and a role that it implies. */
export interface RoleInferenceData {
  readonly prior_role: Pick<RoleData, 'id' | 'name'>;
  readonly implies: Pick<RoleData, 'id' | 'name'>;
}

/** A project that a token can be scoped to: never a domain. */
export type ScopedProject = ProjectData & { readonly domain_id: string; readonly domain_name: string };

/** The part of an application credential that is shown in its tokens. Times are ISO 8601, UTC. */
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

/** The result of an authentication; the gateway makes the token from it, so that no token is sent on the bus. */
export interface AuthenticationData {
  readonly user: UserData;
  readonly roles: readonly RoleData[];
  readonly project: ScopedProject | null;
  readonly domain: DomainData | null;
  readonly system: 'all' | null;
  readonly is_admin_project: boolean;
  /** The application credential by which the caller authenticated, if any. */
  readonly application_credential?: DelegatedCredential;
  /** The trust to which the token is scoped; with impersonation the user is its trustor. */
  readonly trust?: DelegatedTrust;
  /** The OAuth 1.0a access token with which a consumer acts for the user. */
  readonly access_token?: { readonly id: string; readonly consumer_id: string };
  /** All methods by which the user authenticated, if more than in the request. */
  readonly methods?: readonly string[];
  /** The database's clock before the user was read: revocations compare a token's age with it. */
  readonly authenticated_at?: string;
}

export interface RevocationData {
  /** Audit id of the revoked token, or of the first token of a revoked chain; empty with a subject. */
  readonly audit_id: string;
  /** The subjects of revoked tokens (`revocationSubject`), when they were issued before `issued_before`. */
  readonly subject?: string;
  /** Without a subject: when the token was revoked. */
  readonly issued_before?: string;
  /** ISO 8601 UTC: after this time the token is expired anyway and the row is deleted. */
  readonly expires_at: string;
}

const since = { version: '1.1', contract: '1.1' } as const;

export const RoleAssignmentPage = objectType<Page<RoleAssignmentData>>('RoleAssignmentPage', '1.1', [since]);
export const RoleInferencePage = objectType<Page<RoleInferenceData>>('RoleInferencePage', '1.0');
export const Authentication = objectType<AuthenticationData>('Authentication', '1.1', [
  { ...since, adds: ['application_credential', 'trust', 'access_token', 'methods'] },
]);
/** The revocations, and the business time by which tokens are checked, see `ClockMovedArgs`. */
export interface RevocationPageData extends Page<RevocationData> {
  readonly clock_offset_ms?: number;
  readonly clock_version?: number;
}
export const RevocationPage = objectType<RevocationPageData>('RevocationPage', '1.1', [
  { ...since, adds: ['clock_offset_ms', 'clock_version'], missing: { clock_offset_ms: 0, clock_version: 0 } },
]);

/** The target of a role assignment: one of the three. */
export interface GrantScope {
  readonly project_id?: string | null | undefined;
  readonly domain_id?: string | null | undefined;
  readonly system?: 'all' | null | undefined;
}

/**
 * Names of the subjects of a revocation of many tokens. A token matches when one of its own subjects is named and it
 * was issued before the revocation. Made only here, for both sides of the bus.
 */
export const revocationSubject = {
  user: (id: string): string => `user:${id}`,
  project: (id: string): string => `project:${id}`,
  /** All tokens of a domain: for it, for its projects, and of its users. */
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
