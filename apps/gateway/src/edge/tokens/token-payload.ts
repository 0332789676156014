import type { TokenAccessRule, TokenClaims, TokenDomain, TokenRole } from './token-claims.js';

/** A pair on the wire: id, name. */
type Pair = [string, string];

/** The compact form of the claims inside the JWT: short keys, since every request sends it in a header. */
export interface TokenPayload {
  /** User: id, name, domain id, domain name. */
  u: [string, string, string, string];
  /** Project: id, name, domain id, domain name. */
  p?: [string, string, string, string];
  d?: Pair;
  s?: 'all';
  r: Pair[];
  m: string[];
  a: string[];
  /** Application credential: id, name, `1` for a restricted one. */
  ac?: [string, string, string];
  /** Its access rules: id, service, method, path. */
  ar?: [string, string, string, string][];
  /** Trust: id, trustor, trustee, `1` with impersonation. */
  tr?: [string, string, string, string];
  /** OAuth 1.0a: access token, consumer. */
  oa?: Pair;
  /** When the user's password expires. */
  pe?: string;
  /** 1: the project is the administrators'. */
  ap?: 1;
  iat: number;
  exp: number;
  [other: string]: unknown;
}

export function packClaims(claims: TokenClaims): TokenPayload {
  const { user, project, domain } = claims;
  return {
    u: [user.id, user.name, user.domain.id, user.domain.name],
    ...(project === null ? {} : { p: [project.id, project.name, project.domain.id, project.domain.name] }),
    ...(domain === null ? {} : { d: [domain.id, domain.name] }),
    ...(claims.system === null ? {} : { s: claims.system }),
    r: claims.roles.map((role): Pair => [role.id, role.name]),
    m: [...claims.methods],
    a: [...claims.auditIds],
    ...(claims.isAdminProject ? { ap: 1 } : {}),
    ...packDelegation(claims),
    ...(claims.passwordExpiresAt === undefined ? {} : { pe: claims.passwordExpiresAt }),
    iat: claims.issuedAt,
    exp: claims.expiresAt,
  };
}

function packDelegation({ applicationCredential: credential, trust, accessToken }: TokenClaims): Partial<TokenPayload> {
  const rules = credential?.accessRules ?? [];
  return {
    ...(accessToken === undefined ? {} : { oa: [accessToken.id, accessToken.consumerId] }),
    ...(credential === undefined ? {} : { ac: [credential.id, credential.name, credential.restricted ? '1' : ''] }),
    ...(rules.length === 0
      ? {}
      : { ar: rules.map((rule): [string, string, string, string] => [rule.id, rule.service, rule.method, rule.path]) }),
    ...(trust === undefined
      ? {}
      : { tr: [trust.id, trust.trustorId, trust.trusteeId, trust.impersonation ? '1' : ''] }),
  };
}

type Delegation = Pick<TokenClaims, 'applicationCredential' | 'trust' | 'accessToken'>;

function delegationOf(payload: Readonly<Record<string, unknown>>): Delegation {
  const [id, name, restricted] = texts(payload['ac'], 3) ?? [];
  const [trust, trustorId, trusteeId, impersonation] = texts(payload['tr'], 4) ?? [];
  const rules = Array.isArray(payload['ar']) ? payload['ar'].map(accessRule) : [];
  const [accessToken, consumerId] = texts(payload['oa'], 2) ?? [];
  return {
    ...(accessToken === undefined || consumerId === undefined ? {} : { accessToken: { id: accessToken, consumerId } }),
    ...(id === undefined || name === undefined
      ? {}
      : { applicationCredential: { id, name, restricted: restricted === '1', accessRules: rules } }),
    ...(trust === undefined || trustorId === undefined || trusteeId === undefined
      ? {}
      : { trust: { id: trust, trustorId, trusteeId, impersonation: impersonation === '1' } }),
  };
}

/** A rule that cannot be read permits nothing, which differs from having no rules. */
function accessRule(value: unknown): TokenAccessRule {
  const [id = '', service = '', method = '', path = ''] = texts(value, 4) ?? [];
  return { id, service, method, path };
}

function texts(value: unknown, count?: number): string[] | undefined {
  if (!Array.isArray(value) || (count !== undefined && value.length !== count)) return undefined;
  return value.every((entry) => typeof entry === 'string') ? value : undefined;
}

function owned(value: unknown): { id: string; name: string; domain: TokenDomain } | undefined {
  const [id, name, domainId, domainName] = texts(value, 4) ?? [];
  if (id === undefined || name === undefined || domainId === undefined || domainName === undefined) return undefined;
  return { id, name, domain: { id: domainId, name: domainName } };
}

function pair(value: unknown): TokenRole | undefined {
  const [id, name] = texts(value, 2) ?? [];
  return id === undefined || name === undefined ? undefined : { id, name };
}

/** Reads a payload whose signature has been checked; undefined when it was not made by this product. */
export function unpackClaims(payload: Readonly<Record<string, unknown>>): TokenClaims | undefined {
  const user = owned(payload['u']);
  const methods = texts(payload['m']);
  const auditIds = texts(payload['a']);
  const roles = Array.isArray(payload['r']) ? payload['r'].map(pair) : undefined;
  const { iat, exp } = payload;
  if (user === undefined || methods === undefined || auditIds === undefined || roles === undefined) return undefined;
  if (typeof iat !== 'number' || typeof exp !== 'number') return undefined;
  return {
    user,
    project: owned(payload['p']) ?? null,
    domain: pair(payload['d']) ?? null,
    system: payload['s'] === 'all' ? 'all' : null,
    roles: roles.filter((role) => role !== undefined),
    methods,
    auditIds,
    isAdminProject: payload['ap'] === 1,
    ...delegationOf(payload),
    ...(typeof payload['pe'] === 'string' ? { passwordExpiresAt: payload['pe'] } : {}),
    issuedAt: iat,
    expiresAt: exp,
  };
}
