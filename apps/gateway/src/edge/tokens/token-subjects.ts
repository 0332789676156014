import { revocationSubject } from '#libs/contracts';
import type { TokenClaims } from './token-claims.js';

/** All subjects of a token, as revocations name them. */
export function tokenSubjects(claims: TokenClaims): string[] {
  const { user, project, domain, system, roles } = claims;
  const subjects = [revocationSubject.user(user.id), revocationSubject.domain(user.domain.id)];
  if (project !== null) {
    subjects.push(revocationSubject.project(project.id), revocationSubject.domain(project.domain.id));
    subjects.push(revocationSubject.grant(user.id, { project_id: project.id }));
  }
  if (domain !== null) {
    subjects.push(revocationSubject.domain(domain.id), revocationSubject.grant(user.id, { domain_id: domain.id }));
  }
  if (system !== null) subjects.push(revocationSubject.grant(user.id, { system }));
  const { applicationCredential: credential, trust, accessToken } = claims;
  if (accessToken !== undefined) subjects.push(revocationSubject.accessToken(accessToken.id));
  if (credential !== undefined) subjects.push(revocationSubject.applicationCredential(credential.id));
  if (trust !== undefined) {
    subjects.push(revocationSubject.trust(trust.id));
    subjects.push(revocationSubject.user(trust.trustorId), revocationSubject.user(trust.trusteeId));
    // When the trustor loses a role, its trustees lose it, too.
    if (project !== null) subjects.push(revocationSubject.grant(trust.trustorId, { project_id: project.id }));
  }
  return [...subjects, ...roles.map((role) => revocationSubject.role(role.id))];
}

/** An ISO 8601 time of the bus as seconds since 1970, with its microseconds. */
export function epochSeconds(iso: string): number {
  const fraction = /\.(\d+)/.exec(iso)?.[1] ?? '0';
  return Math.floor(Date.parse(iso) / 1000) + Number(`0.${fraction}`);
}

/** The inverse: ISO 8601 with microseconds. */
export function isoTime(seconds: number): string {
  const micros = Math.round(seconds * 1e6);
  const text = new Date(Math.floor(micros / 1000)).toISOString();
  return `${text.slice(0, -1)}${String(micros % 1000).padStart(3, '0')}Z`;
}
