import type { Schemas } from '../../edge/openapi/document.js';
import { reference } from '../../edge/openapi/parts.js';
import { flag, listOf, oneOf, shape, text, textOrNull, uri } from '../../edge/openapi/schema-parts.js';
import { selfLink } from './declared.js';

const ids = { id: text, name: text };
const named = shape(ids);
const inDomain = shape({ ...ids, domain: named });
/** An id; with `include_names` a name, too. */
const maybeNamed = { id: text, 'name?': textOrNull };
const maybeInDomain = shape({ ...maybeNamed, 'domain?': shape(maybeNamed) });

const accessRule = { id: text, service: text, method: text, path: text };

const catalog = listOf(
  shape({
    id: text,
    type: text,
    name: text,
    endpoints: listOf(
      shape({
        id: text,
        interface: oneOf('public', 'internal', 'admin'),
        region_id: textOrNull,
        region: textOrNull,
        url: text,
      }),
    ),
  }),
);

/** Further kinds, which have declarations of other forms. */
export const otherSchemas: Schemas = {
  Catalog: catalog,
  Token: shape({
    methods: listOf(text),
    user: shape({ id: text, name: text, domain: named, password_expires_at: textOrNull }),
    audit_ids: listOf(text),
    issued_at: text,
    expires_at: text,
    'project?': inDomain,
    'is_domain?': flag,
    'domain?': named,
    'system?': shape({ all: flag }),
    'roles?': listOf(named),
    'catalog?': reference('Catalog'),
    'service_providers?': listOf(shape({ id: text, auth_url: text, sp_url: text })),
    'OS-OAUTH1?': shape({ access_token_id: text, consumer_id: text }),
    'application_credential?': shape({
      id: text,
      name: text,
      restricted: flag,
      'access_rules?': listOf(shape(accessRule)),
    }),
    'OS-TRUST:trust?': shape({
      id: text,
      trustor_user: shape({ id: text }),
      trustee_user: shape({ id: text }),
      impersonation: flag,
    }),
  }),
  RoleAssignment: shape({
    role: maybeInDomain,
    'user?': maybeInDomain,
    'group?': maybeInDomain,
    scope: shape({
      'project?': maybeInDomain,
      'domain?': shape(maybeNamed),
      'system?': shape({ all: flag }),
      'OS-INHERIT:inherited_to?': oneOf('projects'),
    }),
    links: shape({ assignment: uri, 'membership?': uri, 'prior_role?': uri }),
  }),
  RoleLink: shape({ ...ids, links: selfLink }),
};
