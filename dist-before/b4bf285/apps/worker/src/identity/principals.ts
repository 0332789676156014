import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { DomainData, NamedReference, ProjectData, UserData } from '#libs/contracts';
import type { Queries } from '../store/index.js';

/** A user as authentication needs it; the hash stays inside this folder. */
export interface UserRecord {
  readonly user: UserData;
  readonly passwordHash: string | null;
  /** Neither the user nor its domain is disabled. */
  readonly active: boolean;
}

interface UserRow extends UserData {
  readonly password_hash: string | null;
  readonly domain_enabled: boolean;
}

/** The user that a client names, by id or by name and domain; null when there is none. */
export async function findUser(db: Queries, reference: NamedReference): Promise<UserRecord | null> {
  const result = await sql<UserRow>`
    select u.id, u.name, u.domain_id, d.name as domain_name, u.enabled, u.default_project_id, u.email, u.description,
      u.password_hash, d.enabled as domain_enabled
    from users u join domains d on d.id = u.domain_id
    where ${referenceCondition('u', reference)}`.execute(db);
  const [row] = result.rows;
  if (row === undefined) return null;
  const { password_hash: passwordHash, domain_enabled: domainEnabled, ...user } = row;
  return { user, passwordHash, active: user.enabled && domainEnabled };
}

/** The project that a client names, if it and its domain are enabled. */
export async function findActiveProject(db: Queries, reference: NamedReference): Promise<ProjectData | null> {
  const result = await sql<ProjectData>`
    select p.id, p.name, p.domain_id, d.name as domain_name, p.description, p.enabled
    from projects p join domains d on d.id = p.domain_id
    where ${referenceCondition('p', reference)} and p.enabled and d.enabled`.execute(db);
  return result.rows[0] ?? null;
}

/** The domain that a client names by id or name, if it is enabled. */
export async function findActiveDomain(db: Queries, reference: NamedReference): Promise<DomainData | null> {
  const condition = reference.id === undefined ? sql`d.name = ${reference.name ?? ''}` : sql`d.id = ${reference.id}`;
  const result = await sql<DomainData>`
    select d.id, d.name, d.description, d.enabled from domains d where ${condition} and d.enabled`.execute(db);
  return result.rows[0] ?? null;
}

/** Matches nothing for a name without a domain: the same name may exist in several. */
function referenceCondition(alias: string, reference: NamedReference): RawBuilder<unknown> {
  if (reference.id !== undefined) return sql`${sql.ref(`${alias}.id`)} = ${reference.id}`;
  const byName = sql`${sql.ref(`${alias}.name`)} = ${reference.name ?? ''}`;
  if (reference.domain_id !== undefined) {
    return sql`${byName} and ${sql.ref(`${alias}.domain_id`)} = ${reference.domain_id}`;
  }
  return sql`${byName} and d.name = ${reference.domain_name ?? ''}`;
}
