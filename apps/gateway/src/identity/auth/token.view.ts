import type { JsonSchema, ServiceProviderEntry } from '#libs/contracts';
import { reference } from '../../edge/openapi/parts.js';
import { flag, listOf, shape, text, textOrNull } from '../../edge/openapi/schema-parts.js';
import type { TokenClaims } from '../../edge/tokens/token-claims.js';
import { isoTime } from '../../edge/tokens/token-subjects.js';
import { catalogView } from '../catalog/catalog.js';
import type { CatalogEntry } from '../catalog/catalog.js';

/** The data for a token's view. */
interface Told {
  readonly claims: TokenClaims;
  readonly catalog: readonly CatalogEntry[] | undefined;
  readonly providers: readonly ServiceProviderEntry[];
  /** An unscoped one has neither roles nor catalog. */
  readonly isScoped: boolean;
}

/** An attribute of the response: its schema, and its value for one token; undefined: it is omitted. */
interface Attribute {
  readonly schema: JsonSchema;
  of(this: void, told: Told): unknown;
}

interface Named {
  readonly id: string;
  readonly name: string;
}

const ids = { id: text, name: text };
const named = shape(ids);
const nameOf = ({ id, name }: Named): Named => ({ id, name });
const accessRule = shape({ id: text, service: text, method: text, path: text });

/** Those with `?` are not in every token. */
const ATTRIBUTES: Readonly<Record<string, Attribute>> = {
  methods: { schema: listOf(text), of: ({ claims }) => claims.methods },
  user: {
    schema: shape({ ...ids, domain: named, password_expires_at: textOrNull }),
    of: ({ claims: { user, passwordExpiresAt: end = null } }) => {
      return { ...nameOf(user), domain: nameOf(user.domain), password_expires_at: end };
    },
  },
  audit_ids: { schema: listOf(text), of: ({ claims }) => claims.auditIds },
  issued_at: { schema: text, of: ({ claims }) => tokenTime(claims.issuedAt) },
  expires_at: { schema: text, of: ({ claims }) => tokenTime(claims.expiresAt) },
  'project?': {
    schema: shape({ ...ids, domain: named }),
    of: ({ claims: { project } }) => project && { ...nameOf(project), domain: nameOf(project.domain) },
  },
  'is_domain?': { schema: flag, of: ({ claims: { project } }) => (project === null ? undefined : false) },
  'domain?': { schema: named, of: ({ claims: { domain } }) => domain && nameOf(domain) },
  'system?': { schema: shape({ all: flag }), of: ({ claims }) => claims.system && { all: true } },
  'roles?': {
    schema: listOf(named),
    of: ({ claims, isScoped }) => (isScoped ? claims.roles.map(nameOf) : undefined),
  },
  'catalog?': {
    schema: reference('Catalog'),
    of: ({ catalog, isScoped }) => (isScoped && catalog !== undefined ? catalogView(catalog) : undefined),
  },
  'service_providers?': {
    schema: listOf(shape({ id: text, auth_url: text, sp_url: text })),
    of: ({ providers }) => (providers.length === 0 ? undefined : providers),
  },
  'OS-OAUTH1?': {
    schema: shape({ access_token_id: text, consumer_id: text }),
    of: ({ claims: { accessToken } }) =>
      accessToken && { access_token_id: accessToken.id, consumer_id: accessToken.consumerId },
  },
  'application_credential?': {
    schema: shape({ ...ids, restricted: flag, 'access_rules?': listOf(accessRule) }),
    of: ({ claims: { applicationCredential: credential } }) =>
      credential && {
        ...nameOf(credential),
        restricted: credential.restricted,
        ...(credential.accessRules.length === 0 ? {} : { access_rules: credential.accessRules }),
      },
  },
  'OS-TRUST:trust?': {
    schema: shape({
      id: text,
      trustor_user: shape({ id: text }),
      trustee_user: shape({ id: text }),
      impersonation: flag,
    }),
    of: ({ claims: { trust } }) =>
      trust && {
        id: trust.id,
        trustor_user: { id: trust.trustorId },
        trustee_user: { id: trust.trusteeId },
        impersonation: trust.impersonation,
      },
  },
};

const attributes = Object.entries(ATTRIBUTES).map(([name, { of }]) => [name.replace('?', ''), of] as const);

/** The body that describes a token. */
export function tokenView(
  claims: TokenClaims,
  catalog: readonly CatalogEntry[] | undefined,
  providers: readonly ServiceProviderEntry[],
): object {
  const { project, domain, system } = claims;
  const isScoped = project !== null || domain !== null || system !== null;
  const token: Record<string, unknown> = {};
  for (const [name, of] of attributes) {
    const value = of({ claims, catalog, providers, isScoped }) ?? undefined;
    if (value !== undefined) token[name] = value;
  }
  return { token };
}

/** Its schema, for the OpenAPI document. */
export const tokenSchema = shape(
  Object.fromEntries(Object.entries(ATTRIBUTES).map(([name, { schema }]) => [name, schema])),
);

/** Seconds since 1970 in keystone's form, which always has six decimals. */
export function tokenTime(seconds: number): string {
  return isoTime(seconds);
}
