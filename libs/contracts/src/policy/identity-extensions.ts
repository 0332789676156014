import type { RuleDefault } from '#libs/policy';
import { defineRules } from '#libs/policy';
import type { RuleRow } from '#libs/policy';
import { ADMIN, ANY_SCOPE, NOT_DOMAIN, READER } from './identity-base.js';

const ACCESS_TOKENS = '/v3/users/{user_id}/OS-OAUTH1/access_tokens';
const FILTER = '/v3/OS-EP-FILTER';
const GROUP = `${FILTER}/endpoint_groups/{endpoint_group_id}`;
const GROUP_OF_PROJECT = `${GROUP}/projects/{project_id}`;
const ENDPOINT_OF_PROJECT = `${FILTER}/projects/{project_id}/endpoints/{endpoint_id}`;

/** The targets of a policy association: the last word of the rules, and the path below OS-ENDPOINT-POLICY. */
const ASSOCIATED: readonly (readonly [name: string, path: string])[] = [
  ['endpoint', 'endpoints/{endpoint_id}'],
  ['service', 'services/{service_id}'],
  ['region_and_service', 'services/{service_id}/regions/{region_id}'],
];

function associationRules(): RuleRow[] {
  return ASSOCIATED.flatMap(([name, path]): RuleRow[] => {
    const url = `/v3/policies/{policy_id}/OS-ENDPOINT-POLICY/${path}`;
    const rule = (verb: string): string => `identity:${verb}_policy_association_for_${name}`;
    return [
      [rule('create'), ADMIN, 'Associate a policy', `PUT ${url}`],
      [rule('check'), READER, 'Check an association of a policy', `GET ${url}, HEAD ${url}`],
      [rule('delete'), ADMIN, 'Delete an association of a policy', `DELETE ${url}`],
    ];
  });
}

/**
 * keystone.common.policies: access_token, ec2tokens, endpoint_group, policy_association, project_endpoint, revoke_event
 * and s3tokens.
 */
export const extensionRules: readonly RuleDefault[] = [
  ...defineRules(ANY_SCOPE, [
    ['identity:ec2tokens_validate', 'rule:service_or_admin', 'Log in by an EC2 signature', 'POST /v3/ec2tokens'],
    ['identity:s3tokens_validate', 'rule:service_or_admin', 'Log in by an S3 signature', 'POST /v3/s3tokens'],
  ]),
  ...defineRules(
    ['project'],
    [
      [
        'identity:authorize_request_token',
        ADMIN,
        'Authorize a request token',
        'PUT /v3/OS-OAUTH1/authorize/{request_token_id}',
      ],
      ['identity:list_access_tokens', ADMIN, 'List access tokens of a user', `GET ${ACCESS_TOKENS}`],
      ['identity:get_access_token', ADMIN, 'Show an access token', `GET ${ACCESS_TOKENS}/{access_token_id}`],
      ['identity:delete_access_token', ADMIN, 'Delete an access token', `DELETE ${ACCESS_TOKENS}/{access_token_id}`],
      [
        'identity:list_access_token_roles',
        ADMIN,
        'List roles of an access token',
        `GET ${ACCESS_TOKENS}/{access_token_id}/roles`,
      ],
      [
        'identity:get_access_token_role',
        ADMIN,
        'Show a role of an access token',
        `GET ${ACCESS_TOKENS}/{access_token_id}/roles/{role_id}`,
      ],
    ],
  ),
  ...defineRules(NOT_DOMAIN, [
    ['identity:list_revoke_events', 'rule:service_or_admin', 'List revocations', 'GET /v3/OS-REVOKE/events'],
    [
      'identity:list_projects_for_endpoint',
      READER,
      'List projects that an endpoint is for',
      `GET ${FILTER}/endpoints/{endpoint_id}/projects`,
    ],
    ['identity:add_endpoint_to_project', ADMIN, 'Give a project an endpoint', `PUT ${ENDPOINT_OF_PROJECT}`],
    [
      'identity:check_endpoint_in_project',
      READER,
      'Check whether an endpoint is for a project',
      `GET ${ENDPOINT_OF_PROJECT}, HEAD ${ENDPOINT_OF_PROJECT}`,
    ],
    [
      'identity:remove_endpoint_from_project',
      ADMIN,
      'Take an endpoint from a project',
      `DELETE ${ENDPOINT_OF_PROJECT}`,
    ],
    [
      'identity:list_endpoints_for_project',
      READER,
      'List endpoints of a project',
      `GET ${FILTER}/projects/{project_id}/endpoints`,
    ],
    [
      'identity:list_endpoint_groups_for_project',
      READER,
      'List endpoint groups of a project',
      `GET ${FILTER}/projects/{project_id}/endpoint_groups`,
    ],
    [
      'identity:list_projects_associated_with_endpoint_group',
      READER,
      'List projects of an endpoint group',
      `GET ${GROUP}/projects`,
    ],
    [
      'identity:list_endpoints_associated_with_endpoint_group',
      READER,
      'List endpoints of an endpoint group',
      `GET ${GROUP}/endpoints`,
    ],
    [
      'identity:get_endpoint_group_in_project',
      READER,
      'Check whether an endpoint group is for a project',
      `GET ${GROUP_OF_PROJECT}, HEAD ${GROUP_OF_PROJECT}`,
    ],
    ['identity:add_endpoint_group_to_project', ADMIN, 'Give a project an endpoint group', `PUT ${GROUP_OF_PROJECT}`],
    [
      'identity:remove_endpoint_group_from_project',
      ADMIN,
      'Take an endpoint group from a project',
      `DELETE ${GROUP_OF_PROJECT}`,
    ],
    ...associationRules(),
    [
      'identity:get_policy_for_endpoint',
      READER,
      'Show the policy of an endpoint',
      'GET /v3/endpoints/{endpoint_id}/OS-ENDPOINT-POLICY/policy',
    ],
    [
      'identity:list_endpoints_for_policy',
      READER,
      'List endpoints of a policy',
      'GET /v3/policies/{policy_id}/OS-ENDPOINT-POLICY/endpoints',
    ],
  ]),
];
