import type { RuleDefault } from '#libs/policy';
import { anyOf, defineRules } from '#libs/policy';
import { ADMIN, NOT_DOMAIN, READER, SYSTEM_READER } from './identity-base.js';

const OWN = 'user_id:%(target.user.id)s';
const READ_RULES = anyOf(SYSTEM_READER, OWN);
const READ_CREDENTIALS = anyOf(ADMIN, SYSTEM_READER, 'rule:owner');
const OF_CREDENTIAL = 'user_id:%(target.credential.user_id)s';
const CHANGE_EC2 = anyOf(ADMIN, `role:member and ${OF_CREDENTIAL}`);
const TRUSTOR = 'user_id:%(target.trust.trustor_user_id)s';
const TRUSTEE = 'user_id:%(target.trust.trustee_user_id)s';
const PARTIES = `${ADMIN} or (${SYSTEM_READER} or ${TRUSTOR} or ${TRUSTEE})`;

const RULES = '/v3/users/{user_id}/access_rules';
const CREDENTIALS = '/v3/users/{user_id}/application_credentials';
const EC2 = '/v3/users/{user_id}/credentials/OS-EC2';
const TRUSTS = '/v3/OS-TRUST/trusts';

/** keystone.common.policies: access_rule, application_credential, ec2_credential and trust. */
export const delegationRules: readonly RuleDefault[] = [
  ...defineRules(NOT_DOMAIN, [
    ['identity:list_access_rules', READ_RULES, 'List access rules', `GET ${RULES}`],
    ['identity:get_access_rule', READ_RULES, 'Show an access rule', `GET ${RULES}/{access_rule_id}`],
    [
      'identity:delete_access_rule',
      anyOf('role:admin and system_scope:all', OWN),
      'Delete an access rule',
      `DELETE ${RULES}/{access_rule_id}`,
    ],
    ['identity:list_application_credentials', READ_CREDENTIALS, 'List application credentials', `GET ${CREDENTIALS}`],
    [
      'identity:get_application_credential',
      READ_CREDENTIALS,
      'Show an application credential',
      `GET ${CREDENTIALS}/{application_credential_id}`,
    ],
    [
      'identity:delete_application_credential',
      'rule:admin_or_owner',
      'Delete an application credential',
      `DELETE ${CREDENTIALS}/{application_credential_id}`,
    ],
    [
      'identity:ec2_get_credential',
      anyOf(ADMIN, SYSTEM_READER, OF_CREDENTIAL),
      'Show EC2 keys',
      `GET ${EC2}/{credential_id}`,
    ],
    ['identity:ec2_list_credentials', READ_CREDENTIALS, 'List EC2 keys', `GET ${EC2}`],
    ['identity:ec2_create_credential', CHANGE_EC2, 'Create EC2 keys', `POST ${EC2}`],
    ['identity:ec2_delete_credential', CHANGE_EC2, 'Delete EC2 keys', `DELETE ${EC2}/{credential_id}`],
    ['identity:list_trusts', READER, 'List trusts', `GET ${TRUSTS}`],
    [
      'identity:list_trusts_for_trustor',
      `${ADMIN} or (${SYSTEM_READER} or ${TRUSTOR})`,
      'List trusts of a trustor',
      `GET ${TRUSTS}?trustor_user_id={trustor_user_id}`,
    ],
    [
      'identity:list_trusts_for_trustee',
      `${ADMIN} or (${SYSTEM_READER} or ${TRUSTEE})`,
      'List trusts of a trustee',
      `GET ${TRUSTS}?trustee_user_id={trustee_user_id}`,
    ],
    ['identity:get_trust', PARTIES, 'Show a trust', `GET ${TRUSTS}/{trust_id}`],
    ['identity:list_roles_for_trust', PARTIES, 'List roles of a trust', `GET ${TRUSTS}/{trust_id}/roles`],
    ['identity:get_role_for_trust', PARTIES, 'Show a role of a trust', `GET ${TRUSTS}/{trust_id}/roles/{role_id}`],
    ['identity:delete_trust', anyOf(ADMIN, TRUSTOR), 'Delete a trust', `DELETE ${TRUSTS}/{trust_id}`],
  ]),
  ...defineRules(
    ['project'],
    [
      [
        'identity:create_application_credential',
        'user_id:%(user_id)s',
        'Create an application credential',
        `POST ${CREDENTIALS}`,
      ],
      ['identity:create_trust', TRUSTOR, 'Create a trust', `POST ${TRUSTS}`],
    ],
  ),
];
