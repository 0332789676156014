import { classSchema } from '../../edge/openapi/class-schema.js';
import type { RouteAnswer, RouteAnswers } from '../../edge/openapi/document.js';
import { object, reference } from '../../edge/openapi/parts.js';
import {
  anything,
  byKey,
  flag,
  listOf,
  none,
  oneOf,
  opened,
  shape,
  text,
  textOrNull,
  uri,
} from '../../edge/openapi/schema-parts.js';
import type { JsonSchema } from '#libs/contracts';
import { AuthBody } from '../auth/auth.dto.js';
import { GRANT_LISTS } from '../grants/grants.controller.js';
import { collection, declaredAnswers, selfLink } from './declared.js';

const list = (name: string, kind: string): RouteAnswer => ({ body: collection(name, reference(kind)) });
const one = (name: string, kind: string): RouteAnswer => ({ body: shape({ [name]: reference(kind) }) });
const SUBJECT = ['X-Subject-Token'];
const FORM = 'application/x-www-form-urlencoded';

/** `"unscoped"` is an older spelling of `{"unscoped": {}}`. */
function authBody(): JsonSchema {
  const { properties } = classSchema(AuthBody);
  const { auth } = Object(properties);
  const { scope, ...others } = auth.properties;
  const own = { ...auth, properties: { ...others, scope: { anyOf: [scope, { const: 'unscoped' }] } } };
  return opened(shape({ auth: own }));
}

const token: RouteAnswer = { body: shape({ token: reference('Token') }), query: ['nocatalog'] };

const tokenAnswers: RouteAnswers = {
  'POST /auth/tokens': { ...token, takes: authBody() },
  'GET /auth/tokens': { ...token, headers: SUBJECT },
  'HEAD /auth/tokens': { headers: SUBJECT },
  'DELETE /auth/tokens': { headers: SUBJECT },
  'GET /auth/catalog': { body: shape({ catalog: reference('Catalog'), links: selfLink }) },
  'GET /auth/projects': list('projects', 'Project'),
  'GET /OS-FEDERATION/projects': list('projects', 'Project'),
  'GET /auth/domains': list('domains', 'Domain'),
  'GET /OS-FEDERATION/domains': list('domains', 'Domain'),
  'GET /auth/system': { body: collection('system', shape({ all: flag })) },
  'GET /OS-SIMPLE-CERT/ca': { never: 410 },
  'GET /OS-SIMPLE-CERT/certificates': { never: 410 },
  'GET /auth/tokens/OS-PKI/revoked': { never: 403 },
  'POST /ec2tokens': { body: shape({ token: reference('Token') }), takes: { type: 'object', minProperties: 1 } },
  'POST /s3tokens': { body: shape({ token: reference('Token') }), takes: { type: 'object', minProperties: 1 } },
  'GET /OS-REVOKE/events': { body: collection('events', byKey(textOrNull)), query: ['since'] },
};

const config = { body: shape({ config: byKey(anything) }) };
const takesConfig = { ...config, takes: object({ config: byKey(anything) }) };
const oneConfig = { body: shape({ config: anything }) };
const tags = { body: shape({ tags: listOf(text), links: shape({ next: none, previous: none, self: uri }) }) };
const GROUP = '/domains/{id}/config/{id}';

const directoryAnswers: RouteAnswers = {
  'GET /projects/{id}': {
    ...one('project', 'Project'),
    query: ['parents_as_list', 'parents_as_ids', 'subtree_as_list', 'subtree_as_ids'],
  },
  'GET /projects/{id}/tags': tags,
  'PUT /projects/{id}/tags': tags,
  'PUT /projects/{id}/tags/{id}': {},
  'GET /users/{id}/projects': list('projects', 'Project'),
  'GET /domains/config/default': config,
  'GET /domains/config/{id}/default': config,
  'GET /domains/config/{id}/{id}/default': oneConfig,
  'GET /domains/{id}/config': config,
  [`GET ${GROUP}`]: config,
  [`GET ${GROUP}/{id}`]: oneConfig,
  'PUT /domains/{id}/config': { ...takesConfig, statuses: [200, 201] },
  'PATCH /domains/{id}/config': takesConfig,
  [`PATCH ${GROUP}`]: takesConfig,
  [`PATCH ${GROUP}/{id}`]: takesConfig,
  'GET /groups/{id}/users': list('users', 'User'),
  'GET /users/{id}/groups': list('groups', 'Group'),
};

const inference = shape({ prior_role: reference('RoleLink'), implies: reference('RoleLink') });
const inferences = shape({ prior_role: reference('RoleLink'), implies: listOf(reference('RoleLink')) });
const IMPLIED = '/roles/{id}/implies/{id}';

const roleAnswers: RouteAnswers = {
  'GET /role_assignments': {
    ...list('role_assignments', 'RoleAssignment'),
    query: [
      'user.id',
      'group.id',
      'role.id',
      'scope.project.id',
      'scope.domain.id',
      'scope.system',
      'scope.OS-INHERIT:inherited_to',
      'effective',
      'include_names',
      'include_subtree',
    ],
  },
  'GET /role_inferences': { body: shape({ role_inferences: listOf(inferences), links: selfLink }) },
  'GET /roles/{id}/implies': { body: shape({ role_inference: inferences, links: selfLink }) },
  [`GET ${IMPLIED}`]: { body: shape({ role_inference: inference, links: selfLink }) },
  [`PUT ${IMPLIED}`]: { body: shape({ role_inference: inference, links: selfLink }) },
  ...Object.fromEntries(GRANT_LISTS.map((path) => [`GET ${plain(path)}`, list('roles', 'Role')])),
};

function plain(path: string): string {
  return `/${path.replaceAll(/:\w+/g, '{id}')}`;
}

const TRUSTS = '/OS-TRUST/trusts';
const TOKENS = '/users/{id}/OS-OAUTH1/access_tokens';

const delegationAnswers: RouteAnswers = {
  [`GET ${TRUSTS}/{id}/roles`]: {
    body: shape({ roles: listOf(reference('Role')), links: shape({ self: uri, next: none, previous: none }) }),
  },
  [`GET ${TRUSTS}/{id}/roles/{id}`]: one('role', 'Role'),
  'POST /OS-OAUTH1/request_token': { body: text, type: FORM, headers: ['Authorization', 'Requested-Project-Id'] },
  'POST /OS-OAUTH1/access_token': { body: text, type: FORM, headers: ['Authorization'] },
  'PUT /OS-OAUTH1/authorize/{id}': {
    body: shape({ token: shape({ oauth_verifier: text }) }),
    takes: object({ roles: listOf({ anyOf: [shape({ id: text }), shape({ name: text })] }) }),
  },
  [`GET ${TOKENS}/{id}/roles`]: list('roles', 'Role'),
  [`GET ${TOKENS}/{id}/roles/{id}`]: one('role', 'Role'),
  'POST /OS-OAUTH2/token': {
    body: shape({ access_token: text, token_type: oneOf('Bearer'), expires_in: { type: 'integer' } }),
    takes: { ...object({ grant_type: oneOf('client_credentials') }), additionalProperties: text },
    takesTypes: [FORM],
  },
};

const FILTER = '/OS-EP-FILTER';
const GROUP_IN_PROJECT = `${FILTER}/endpoint_groups/{id}/projects/{id}`;

const catalogAnswers: RouteAnswers = {
  [`GET ${FILTER}/endpoints/{id}/projects`]: list('projects', 'Project'),
  [`GET ${FILTER}/projects/{id}/endpoints`]: list('endpoints', 'Endpoint'),
  [`GET ${FILTER}/projects/{id}/endpoint_groups`]: list('endpoint_groups', 'EndpointGroup'),
  [`GET ${FILTER}/endpoint_groups/{id}/endpoints`]: list('endpoints', 'Endpoint'),
  [`GET ${FILTER}/endpoint_groups/{id}/projects`]: list('projects', 'Project'),
  [`GET ${GROUP_IN_PROJECT}`]: {
    body: shape({ project_endpoint_group: shape({ endpoint_group_id: text, project_id: text, links: selfLink }) }),
  },
  'GET /policies/{id}/OS-ENDPOINT-POLICY/endpoints': list('endpoints', 'Endpoint'),
  'GET /endpoints/{id}/OS-ENDPOINT-POLICY/policy': one('policy', 'PolicyBlob'),
};

const version = {
  id: text,
  status: text,
  updated: text,
  links: listOf(shape({ rel: text, href: uri })),
  'media-types': listOf(shape({ base: text, type: text })),
};

export const answers: RouteAnswers = {
  'GET /': { body: shape({ version: shape(version) }) },
  'GET /limits/model': { body: shape({ model: shape({ name: text, description: text }) }) },
  ...declaredAnswers(),
  ...tokenAnswers,
  ...directoryAnswers,
  ...roleAnswers,
  ...delegationAnswers,
  ...catalogAnswers,
};
