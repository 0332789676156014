import type { RuleDefault } from '#libs/policy';
import { anyOf, defineRules } from '#libs/policy';
import type { RuleRow } from '#libs/policy';
import { ADMIN, ANY_SCOPE, NOT_DOMAIN, READER, SYSTEM_READER } from './identity-base.js';

/** One kind of object and the paths of its operations. */
interface Kind {
  readonly one: string;
  readonly many: string;
  readonly path: string;
  /** @default `POST <path>` */
  readonly create?: string;
}

const idOf = ({ one, path }: Kind): string => `${path}/{${one}_id}`;

function reads(kind: Kind, check: string): RuleRow[] {
  const { one, many, path } = kind;
  return [
    [`identity:list_${many}`, check, `List ${many}`, `GET ${path}`],
    [`identity:get_${one}`, check, `Show a ${one}`, `GET ${idOf(kind)}`],
  ];
}

function changes(kind: Kind, check: string, created: string = kind.one): RuleRow[] {
  const { one, path, create = `POST ${path}` } = kind;
  return [
    [`identity:create_${created}`, check, `Create a ${one}`, create],
    [`identity:update_${one}`, check, `Change a ${one}`, `PATCH ${idOf(kind)}`],
    [`identity:delete_${one}`, check, `Delete a ${one}`, `DELETE ${idOf(kind)}`],
  ];
}

const region: Kind = {
  one: 'region',
  many: 'regions',
  path: '/v3/regions',
  create: 'POST /v3/regions, PUT /v3/regions/{region_id}',
};
const federated = (one: string, many: string, path: string): Kind => ({
  one,
  many,
  path: `/v3/OS-FEDERATION/${path}`,
  create: `PUT /v3/OS-FEDERATION/${path}/{${one}_id}`,
});

/** Kinds that readers of the system see completely, and that administrators change. */
const administered: readonly Kind[] = [
  { one: 'endpoint_group', many: 'endpoint_groups', path: '/v3/OS-EP-FILTER/endpoint_groups' },
  { one: 'policy', many: 'policies', path: '/v3/policies' },
  { one: 'consumer', many: 'consumers', path: '/v3/OS-OAUTH1/consumers' },
  federated('identity_provider', 'identity_providers', 'identity_providers'),
  federated('protocol', 'protocols', 'identity_providers/{idp_id}/protocols'),
  federated('mapping', 'mappings', 'mappings'),
  federated('service_provider', 'service_providers', 'service_providers'),
];

const OWN_CREDENTIAL = 'user_id:%(target.credential.user_id)s';
const credential: Kind = { one: 'credential', many: 'credentials', path: '/v3/credentials' };

const group: Kind = { one: 'group', many: 'groups', path: '/v3/groups' };
const OF_GROUP = 'domain_id:%(target.group.domain_id)s';
const OF_USER = 'domain_id:%(target.user.domain_id)s';
const GROUP_READER = anyOf(ADMIN, SYSTEM_READER, `role:reader and ${OF_GROUP}`);
const MEMBER = '/v3/groups/{group_id}/users/{user_id}';
const MEMBER_MANAGER = anyOf(ADMIN, `role:manager and ${OF_GROUP} and ${OF_USER}`);

const groupRows: readonly RuleRow[] = [
  ...reads(group, GROUP_READER),
  ...changes(group, anyOf(ADMIN, `role:manager and ${OF_GROUP}`)),
  [
    'identity:list_groups_for_user',
    anyOf(ADMIN, SYSTEM_READER, `role:reader and ${OF_USER}`, 'user_id:%(user_id)s'),
    'List groups of a user',
    'GET /v3/users/{user_id}/groups',
  ],
  ['identity:list_users_in_group', GROUP_READER, 'List users of a group', 'GET /v3/groups/{group_id}/users'],
  ['identity:add_user_to_group', MEMBER_MANAGER, 'Take a user into a group', `PUT ${MEMBER}`],
  ['identity:remove_user_from_group', MEMBER_MANAGER, 'Take a user out of a group', `DELETE ${MEMBER}`],
  [
    'identity:check_user_in_group',
    anyOf(ADMIN, SYSTEM_READER, `role:reader and ${OF_GROUP} and ${OF_USER}`),
    'Check whether a user is in a group',
    `HEAD ${MEMBER}, GET ${MEMBER}`,
  ],
];

const LIMIT =
  `${READER} or (domain_id:%(target.limit.domain.id)s or domain_id:%(target.limit.project.domain_id)s)` +
  ' or (project_id:%(target.limit.project_id)s and not None:%(target.limit.project_id)s)';
const limit: Kind = { one: 'limit', many: 'limits', path: '/v3/limits' };
const registeredLimit: Kind = { one: 'registered_limit', many: 'registered_limits', path: '/v3/registered_limits' };

const CONFIG = '/v3/domains/{domain_id}/config';

/** keystone's rules for the kinds that are declared as resources. */
export const identityResourceRules: readonly RuleDefault[] = [
  ...defineRules(ANY_SCOPE, [
    ...reads(credential, anyOf(ADMIN, SYSTEM_READER, OWN_CREDENTIAL)),
    ...changes(credential, anyOf(ADMIN, OWN_CREDENTIAL)),
    ...groupRows,
    ...reads(registeredLimit, ''),
    [
      'identity:get_security_compliance_domain_config',
      '',
      'Show what passwords of a domain must be like',
      'GET /v3/domains/{domain_id}/config/security_compliance',
    ],
    ['identity:get_limit_model', '', 'Show the model by which limits are enforced', 'GET /v3/limits/model'],
    ['identity:list_limits', '', 'List limits', 'GET /v3/limits'],
    ['identity:get_limit', LIMIT, 'Show a limit', 'GET /v3/limits/{limit_id}'],
  ]),
  ...defineRules(NOT_DOMAIN, [
    ...changes(region, ADMIN),
    ...changes({ one: 'service', many: 'services', path: '/v3/services' }, ADMIN),
    ...changes({ one: 'endpoint', many: 'endpoints', path: '/v3/endpoints' }, ADMIN),
    ['identity:create_domain_config', ADMIN, 'Create options of a domain', `PUT ${CONFIG}`],
    ['identity:get_domain_config', READER, 'Show options of a domain', `GET ${CONFIG}`],
    ['identity:update_domain_config', ADMIN, 'Change options of a domain', `PATCH ${CONFIG}`],
    ['identity:delete_domain_config', ADMIN, 'Delete options of a domain', `DELETE ${CONFIG}`],
    ['identity:get_domain_config_default', READER, 'Show defaults of options', 'GET /v3/domains/config/default'],
    ...changes(registeredLimit, ADMIN, registeredLimit.many),
    ...changes(limit, ADMIN, limit.many),
    ...administered.flatMap((kind) => [...reads(kind, READER), ...changes(kind, ADMIN)]),
  ]),
];
