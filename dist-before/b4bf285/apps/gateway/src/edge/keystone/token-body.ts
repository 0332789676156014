import { epochSeconds } from '../tokens/token-subjects.js';
import type { TokenClaims, TokenDomain, TokenRole } from '../tokens/token-claims.js';

/** Reads the body with which a Keystone describes a token; undefined when it is not one. */
export function claimsOfBody(body: unknown): TokenClaims | undefined {
  const token = member(body, 'token');
  const user = owned(member(token, 'user'));
  const expires = member(token, 'expires_at');
  const issued = member(token, 'issued_at');
  if (user === undefined || typeof expires !== 'string' || typeof issued !== 'string') return undefined;
  const expiresAt = epochSeconds(expires);
  if (Number.isNaN(expiresAt)) return undefined;
  return {
    user,
    project: owned(member(token, 'project')) ?? null,
    domain: named(member(token, 'domain')) ?? null,
    system: member(member(token, 'system'), 'all') === true ? 'all' : null,
    roles: list(member(token, 'roles')).flatMap((role) => named(role) ?? []),
    methods: texts(member(token, 'methods')),
    auditIds: texts(member(token, 'audit_ids')),
    isAdminProject: member(token, 'is_admin_project') !== false,
    issuedAt: epochSeconds(issued),
    expiresAt,
  };
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const found: unknown = Reflect.get(value, name);
  return found;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function texts(value: unknown): string[] {
  return list(value).filter((one) => typeof one === 'string');
}

function named(value: unknown): (TokenRole & TokenDomain) | undefined {
  const [id, name] = [member(value, 'id'), member(value, 'name')];
  return typeof id === 'string' && typeof name === 'string' ? { id, name } : undefined;
}

function owned(value: unknown): TokenClaims['user'] | undefined {
  const [self, domain] = [named(value), named(member(value, 'domain'))];
  return self === undefined || domain === undefined ? undefined : { ...self, domain };
}
