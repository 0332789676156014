import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { DomainData, NamedReference, ScopedProject, UserData } from '#libs/contracts';
import { PASSWORD_EXPIRY } from './identity-lists.js';
import type { Queries } from '../store/index.js';

/** The data of a user for authentication; the hash does not leave this folder. */
export interface UserRecord {
  readonly user: UserData;
  readonly passwordHash: string | null;
  /** Neither the user nor its domain is disabled. */
  readonly active: boolean;
  /** The password must be changed before the next log-in. */
  readonly isPasswordOver: boolean;
}

interface UserRow extends UserData {
  readonly password_hash: string | null;
  readonly domain_enabled: boolean;
  readonly is_password_over: boolean;
}

/**
 * A reference with the domain's name, if there is one, replaced by the domain's id. Domain names are compared without
 * case; if two differ only in case, the exact spelling wins.
 */
export async function withDomainId(db: Queries, reference: NamedReference): Promise<NamedReference> {
  const { domain_name: name, ...others } = reference;
  if (name === undefined || reference.id !== undefined || reference.domain_id !== undefined) return reference;
  const id = await domainIdByName(db, name);
  return id === null ? reference : { ...others, domain_id: id };
}

async function domainIdByName(db: Queries, name: string): Promise<string | null> {
  const result = await sql<{ id: string }>`
    select id from domains where lower(name) = lower(${name}) order by name = ${name} desc, id limit 1`.execute(db);
  return result.rows[0]?.id ?? null;
}

/** The user that a client names, by id, or by name and domain's id; null if there is none. */
export async function findUser(db: Queries, reference: NamedReference): Promise<UserRecord | null> {
  const result = await sql<UserRow>`
    select u.id, u.name, u.domain_id, d.name as domain_name, u.enabled, u.default_project_id, u.email, u.description,
      u.options, u.password_hash, d.enabled as domain_enabled, ${PASSWORD_EXPIRY} as password_expires_at,
      coalesce(u.password_expires_at <= business_now(), false)
        and coalesce(u.options ->> 'ignore_password_expiry', '') <> 'true' as is_password_over
    from users u join domains d on d.id = u.domain_id
    where ${referenceCondition('u', reference)}`.execute(db);
  const [row] = result.rows;
  if (row === undefined) return null;
  const { password_hash: passwordHash, domain_enabled: domainEnabled, is_password_over: isPasswordOver, ...user } = row;
  return { user, passwordHash, active: user.enabled && domainEnabled, isPasswordOver };
}

/** The project that a client names, if it and its domain are enabled. */
export async function findActiveProject(db: Queries, named: NamedReference): Promise<ScopedProject | null> {
  const reference = await withDomainId(db, named);
  const result = await sql<ScopedProject>`
    select p.id, p.name, p.domain_id, d.name as domain_name, p.description, p.enabled
    from projects p join domains d on d.id = p.domain_id
    where ${referenceCondition('p', reference)} and p.enabled and d.enabled`.execute(db);
  return result.rows[0] ?? null;
}

/** The domain that a client names by id or name, if it is enabled. */
export async function findActiveDomain(db: Queries, reference: NamedReference): Promise<DomainData | null> {
  const id = reference.id ?? (await domainIdByName(db, reference.name ?? ''));
  const result = await sql<DomainData>`
    select d.id, d.name, d.description, d.enabled from domains d where d.id = ${id} and d.enabled`.execute(db);
  return result.rows[0] ?? null;
}

/** Matches nothing for a name without a domain, since several domains may have that name. */
function referenceCondition(alias: string, reference: NamedReference): RawBuilder<unknown> {
  if (reference.id !== undefined) return sql`${sql.ref(`${alias}.id`)} = ${reference.id}`;
  const byName = sql`${sql.ref(`${alias}.name`)} = ${reference.name ?? ''}`;
  return sql`${byName} and ${sql.ref(`${alias}.domain_id`)} = ${reference.domain_id ?? ''}`;
}
