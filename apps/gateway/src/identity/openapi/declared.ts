import { AccessToken, declarationOf, declarationsOf, directoryResources, identityResources } from '#libs/contracts';
import type { Declaration, JsonSchema } from '#libs/contracts';
import { inputSchema } from '../../edge/openapi/field-schemas.js';
import type { RouteAnswers, Schemas } from '../../edge/openapi/document.js';
import { reference } from '../../edge/openapi/parts.js';
import {
  anything,
  byKey,
  flag,
  listOf,
  none,
  oneOf,
  resourceShape,
  shape,
  text,
  textOrNull,
  uri,
} from '../../edge/openapi/schema-parts.js';
import { tokenSchema } from '../auth/token.view.js';
import type { DeclaredBody } from '../resource/resource-body.js';

/** All declared resources. */
const declared = [
  ...declarationsOf(identityResources),
  ...declarationsOf(directoryResources),
  declarationOf<object>(AccessToken),
];

/** A link to the resource itself. */
export const selfLink: JsonSchema = shape({ self: uri });

const relatives = { anyOf: [listOf(shape({ project: reference('Project') })), byKey(anything), none] };

/** Additional fields of some kinds: `resourceView`'s extras. */
const EXTRAS: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>> = {
  Project: { parent_id: textOrNull, 'parents?': relatives, 'subtree?': relatives },
  AccessToken: { links: shape({ self: uri, roles: uri }) },
  ApplicationCredential: {
    project_id: text,
    roles: listOf(
      shape({ id: text, name: text, domain_id: textOrNull, description: textOrNull, options: byKey(anything) }),
    ),
    'access_rules?': listOf(shape({ id: text, service: text, method: text, path: text })),
  },
  /** Lists do not contain roles. */
  Trust: {
    deleted_at: none,
    redelegated_trust_id: textOrNull,
    'roles?': listOf(reference('Role')),
    'roles_links?': shape({ self: uri, next: none, previous: none }),
  },
  Endpoint: { region: textOrNull },
  IdentityProvider: { links: shape({ self: uri, protocols: uri }) },
  FederationProtocol: { links: shape({ self: uri, identity_provider: uri }) },
};

function isOpen({ byField }: Declaration): boolean {
  return byField.has('extra');
}

/** A declared resource as `resourceView` shows it. */
function shownSchema(declaration: Declaration): JsonSchema {
  const shown = resourceShape(declaration.type, '', { links: selfLink, ...EXTRAS[declaration.className] });
  // Unknown attributes of a client are next to the fields, if they are stored.
  return declaration.byField.get('extra')?.computed === false ? { ...shown, additionalProperties: true } : shown;
}

const ids = { id: text, name: text };
/** An id; with `include_names` also a name. */
const maybeNamed = { id: text, 'name?': textOrNull };
const maybeInDomain = shape({ ...maybeNamed, 'domain?': shape(maybeNamed) });

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

/** Each kind by its name; the last ones have other forms of declarations. */
export const schemas: Schemas = {
  ...Object.fromEntries(declared.map((declaration) => [declaration.className, shownSchema(declaration)])),
  Catalog: catalog,
  Token: tokenSchema,
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

/** The input of `@CreateInputs` and `@UpdateInput`: under the name of the resource, or several under the plural. */
export function declaredBodySchema({ declaration, operation }: DeclaredBody): JsonSchema {
  const { singular, plural, bulk } = declaration;
  const fields = declaration.fields.filter(({ field }) => field !== 'extra');
  const schema = inputSchema(fields, operation);
  // Fields generated here may be present, but are ignored.
  const fits = isOpen(declaration)
    ? { ...schema, additionalProperties: true }
    : { ...schema, properties: { id: text, links: anything, ...Object(schema['properties']) } };
  return bulk && operation === 'post' ? shape({ [plural]: listOf(fits) }) : shape({ [singular]: fits });
}

/** keystone's form of a list. */
export function collection(name: string, items: JsonSchema): JsonSchema {
  return shape({ [name]: listOf(items), links: shape({ next: none, previous: none, self: uri }) });
}

/** The responses of the five routes of a declared resource. */
export function declaredAnswers(): RouteAnswers {
  return Object.assign({}, ...declared.map(answersOf));
}

function answersOf({ className, path, singular, plural, create, bulk, operations }: Declaration): RouteAnswers {
  const list = `/${path.replaceAll(/:\w+/g, '{id}')}`;
  const shown = reference(className);
  const one = { body: shape({ [singular]: shown }) };
  const made = bulk ? { body: shape({ [plural]: listOf(shown) }) } : one;
  return {
    [`GET ${list}`]: { body: collection(plural, shown) },
    [`GET ${list}/{id}`]: one,
    ...(operations.has('create') && create !== 'PUT' ? { [`POST ${list}`]: made } : {}),
    ...(operations.has('create') && create !== 'POST' ? { [`PUT ${list}/{id}`]: one } : {}),
    ...(operations.has('update') ? { [`PATCH ${list}/{id}`]: one } : {}),
  };
}
