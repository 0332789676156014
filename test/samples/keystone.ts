import { OpenApiJudge } from '#testing/openapi-judge';
import { ADMIN_PASSWORD } from '#testing/stack';
import { identityOpenApi } from '../../apps/gateway/src/identity/openapi/document.js';
import { LEFT_OUT, rewritten, valueAt } from './replay.js';
import type { Body, SampleApi } from './replay.js';

const table = `
admin
  identity-version-response GET /
  region-create-response POST /regions < region-create-request > region=region.id
  region-show-response GET /regions/{region}
  regions-list-response GET /regions
  region-update-response PATCH /regions/{region} < region-update-request
  service-create-response POST /services < service-create-request > service=service.id
  service-show-response GET /services/{service}
  services-list-response GET /services
  service-update-response PATCH /services/{service} < service-update-request
  endpoint-create-response POST /endpoints < endpoint-create-request > endpoint=endpoint.id
  endpoint-show-response GET /endpoints/{endpoint}
  endpoints-list-response GET /endpoints
  endpoint-update-response PATCH /endpoints/{endpoint} < endpoint-update-request
  get-service-catalog-response GET /auth/catalog
  domain-create-response POST /domains < domain-create-request > domain=domain.id
  domain-show-response GET /domains/{domain}
  domains-list-response GET /domains
  domain-update-response PATCH /domains/{domain} < domain-update-request
  domain-config-create-response PUT /domains/{domain}/config < domain-config-create-request
  domain-config-show-response GET /domains/{domain}/config
  domain-config-group-show-response GET /domains/{domain}/config/ldap
  domain-config-group-option-show-response GET /domains/{domain}/config/ldap/url
  domain-config-update-response PATCH /domains/{domain}/config < domain-config-update-request
  domain-config-group-update-response PATCH /domains/{domain}/config/ldap < domain-config-group-update-request
  domain-config-group-option-update-response PATCH /domains/{domain}/config/ldap/url < domain-config-group-option-update-request
    domain-config-group-option-default-response GET /domains/config/ldap/url/default
  project-create-response POST /projects < project-create-request > project2=project.id
  - POST /projects < project-create-domain-request
  project-show-response GET /projects/{project2}
  projects-list-response GET /projects
  project-update-response PATCH /projects/{project2} < project-update-request
  - PATCH /projects/{project2} < project-enable-request
  project-tags-update-response PUT /projects/{project2}/tags < project-tags-update-request
  project-tags-list-response GET /projects/{project2}/tags
  project-show-parents-response GET /projects/{leaf}?parents_as_list @ nested
  project-show-subtree-response GET /projects/{project2}?subtree_as_list
  user-create-response POST /users < user-create-request > user2=user.id
  user-show-response GET /users/{user2}
  users-list-response GET /users
  user-update-response PATCH /users/{user2} < user-update-request
  - POST /users/{user2}/password < user-password-update-request @ password
  group-create-response POST /groups < group-create-request > group=group.id
  group-show-response GET /groups/{group}
  groups-list-response GET /groups
  group-update-response PATCH /groups/{group} < group-update-request
  user-groups-list-response GET /users/{user2}/groups @ grants
  user-projects-list-response GET /users/{user2}/projects
  role-create-response POST /roles < role-create-request > role=role.id
  role-show-response GET /roles/{role}
  roles-list-response GET /roles
  role-update-response PATCH /roles/{role} < role-update-request
  create-role-inferences-response PUT /roles/{admin}/implies/{role}
  get-role-inferences-response GET /roles/{admin}/implies/{role}
  list-implied-roles-for-role-response GET /roles/{admin}/implies
  role-inferences-response GET /role_inferences
  project-user-roles-list-response GET /projects/{project2}/users/{user2}/roles
  project-group-roles-list-response GET /projects/{project2}/groups/{group}/roles
  domain-user-roles-list-response GET /domains/default/users/{user2}/roles
  domain-group-roles-list-response GET /domains/default/groups/{group}/roles
  list-system-roles-for-user-response GET /system/users/{user2}/roles
  list-system-roles-for-group-response GET /system/groups/{group}/roles
  role-assignments-list-response GET /role_assignments
  role-assignments-effective-list-response GET /role_assignments?effective&scope.project.id={project2}
  role-assignments-list-include-subtree-response GET /role_assignments?include_subtree=true&scope.project.id={project2}
  credential-create-response POST /credentials < credential-create-request > credential=credential.id
  credential-show-response GET /credentials/{credential}
  credentials-list-response GET /credentials
  credential-update-response PATCH /credentials/{credential} < credential-update-request
  policy-create-response POST /policies < policy-create-request > policy=policy.id
  policy-show-response GET /policies/{policy}
  policies-list-response GET /policies
  policy-update-response PATCH /policies/{policy} < policy-update-request
  registered-limits-create-response POST /registered_limits < registered-limits-create-request > registered=registered_limits.0.id
  registered-limit-show-response GET /registered_limits/{registered}
  registered-limits-list-response GET /registered_limits
  registered-limits-update-response PATCH /registered_limits/{registered} < registered-limits-update-request
  limits-create-response POST /limits < limits-create-request > limit=limits.0.id
  limit-show-response GET /limits/{limit}
  limits-list-response GET /limits
  limits-update-response PATCH /limits/{limit} < limits-update-request
  limit-flat-model-response GET /limits/model
  application-credential-create-response POST /users/{user}/application_credentials < application-credential-create-request > appcred=application_credential.id
  application-credential-get-response GET /users/{user}/application_credentials/{appcred}
  application-credential-list-response GET /users/{user}/application_credentials
  access-rules-list-response GET /users/{user}/access_rules
  access-rule-get-response GET /users/{user}/access_rules/{accessRule} @ accessRule
  auth-application-credential-response POST /auth/tokens < auth-application-credential-id-request
  auth-application-credential-response POST /auth/tokens < auth-application-credential-name-request
  auth-password-explicit-unscoped-response POST /auth/tokens < auth-password-explicit-unscoped-request
  auth-password-unscoped-response POST /auth/tokens < auth-password-unscoped-request
  - POST /auth/tokens < auth-password-unscoped-request-with-domain
  - POST /auth/tokens < auth-password-system-scoped-request-with-domain
  auth-token-scoped-response POST /auth/tokens < auth-token-scoped-request
  auth-token-unscoped-response POST /auth/tokens < auth-token-unscoped-request
  - POST /auth/tokens < auth-token-explicit-unscoped-request
  get-available-project-scopes-response GET /auth/projects
  get-available-domain-scopes-response GET /auth/domains
  get-available-system-scopes-response GET /auth/system
OS-TRUST
  trust-create-response POST /OS-TRUST/trusts < trust-create-request > trust=trust.id
  trust-get-response GET /OS-TRUST/trusts/{trust}
  trust-list-response GET /OS-TRUST/trusts
  trust-list-roles-delegated-response GET /OS-TRUST/trusts/{trust}/roles
  trust-get-role-delegated-response GET /OS-TRUST/trusts/{trust}/roles/{member}
OS-EP-FILTER
  endpoint-group-response POST /OS-EP-FILTER/endpoint_groups < create-endpoint-group-request > endpointGroup=endpoint_group.id
  endpoint-groups-response GET /OS-EP-FILTER/endpoint_groups
  update-endpoint-group-response PATCH /OS-EP-FILTER/endpoint_groups/{endpointGroup} < update-endpoint-group-request
  - PUT /OS-EP-FILTER/projects/{project2}/endpoints/{endpoint}
  list-associations-by-project-response GET /OS-EP-FILTER/projects/{project2}/endpoints
  list-associations-by-endpoint-response GET /OS-EP-FILTER/endpoints/{endpoint}/projects
OS-ENDPOINT-POLICY
  - PUT /policies/{policy}/OS-ENDPOINT-POLICY/endpoints/{endpoint}
  policy-endpoint-associations-list-response GET /policies/{policy}/OS-ENDPOINT-POLICY/endpoints
  policy-show-response GET /endpoints/{endpoint}/OS-ENDPOINT-POLICY/policy
OS-OAUTH1
  consumer-create-response POST /OS-OAUTH1/consumers < consumer-create-request > consumer=consumer.id
  consumer-show-response GET /OS-OAUTH1/consumers/{consumer}
  consumers-list-response GET /OS-OAUTH1/consumers
  consumer-update-response PATCH /OS-OAUTH1/consumers/{consumer} < consumer-update-request
OS-REVOKE
  list-revoke-response GET /OS-REVOKE/events
federation/mapping
  create-response PUT /OS-FEDERATION/mappings/ACME < create-request
  get-response GET /OS-FEDERATION/mappings/ACME
  list-response GET /OS-FEDERATION/mappings
  update-response PATCH /OS-FEDERATION/mappings/ACME < update-request
federation/identity-provider
  register-response PUT /OS-FEDERATION/identity_providers/ACME < register-request
  get-response GET /OS-FEDERATION/identity_providers/ACME
  list-response GET /OS-FEDERATION/identity_providers
  update-response PATCH /OS-FEDERATION/identity_providers/ACME < update-request
  add-protocol-response PUT /OS-FEDERATION/identity_providers/ACME/protocols/saml2 < add-protocol-request
  get-protocol-response GET /OS-FEDERATION/identity_providers/ACME/protocols/saml2
  list-protocol-response GET /OS-FEDERATION/identity_providers/ACME/protocols
  update-protocol-response PATCH /OS-FEDERATION/identity_providers/ACME/protocols/saml2 < update-protocol-request
federation/service-provider
  register-response PUT /OS-FEDERATION/service_providers/ACME < register-request
  get-response GET /OS-FEDERATION/service_providers/ACME
  list-response GET /OS-FEDERATION/service_providers
  update-response PATCH /OS-FEDERATION/service_providers/ACME < update-request
`;

const PASSWORD = 'A-password-of-a-sample-1';

const REFERENCES: Readonly<Record<string, string>> = {
  default_project_id: 'project2',
  project_id: 'project2',
  service_id: 'service',
  trustor_user_id: 'user',
  trustee_user_id: 'user2',
  user_id: 'user2',
  domain_id: 'defaultDomain',
  mapping_id: 'mapping',
};

export const keystone: SampleApi = {
  api: 'identity',
  prefix: '/v3',
  folder: (name) => (name.startsWith('federation/') ? `${name}/samples` : `samples/${name}`),
  table,
  judge: new OpenApiJudge(identityOpenApi()),
  data: new Set(['ldap', 'options', 'filters', 'blob', 'parents', 'subtree']),
  setups: {
    async nested(player) {
      const project = { name: 'leaf', parent_id: player.name('project2') };
      player.world.set('leaf', await player.make('POST', '/projects', { project }, 'project.id'));
    },
    async password(player) {
      await player.make('PATCH', `/users/${player.name('user2')}`, { user: { password: PASSWORD } });
    },
    async grants(player) {
      const [user, group, project] = ['user2', 'group', 'project2'].map((name) => player.name(name));
      await player.make('PUT', `/groups/${group}/users/${user}`, undefined);
      for (const place of [`/projects/${project}`, '/domains/default', '/system']) {
        await player.make('PUT', `${place}/users/${user}/roles/${player.name('admin')}`, undefined);
        await player.make('PUT', `${place}/groups/${group}/roles/${player.name('admin')}`, undefined);
      }
    },
    async accessRule(player) {
      const { json } = await player.send('GET', `/users/${player.name('user')}/access_rules`);
      player.world.set('accessRule', valueAt(json, 'access_rules.0.id'));
    },
  },
  async prepare(player) {
    const { json: token } = await player.client.request('identity', 'GET', '/v3/auth/tokens', {
      headers: { 'x-subject-token': player.client.token },
    });
    player.world.set('project', valueAt(token, 'token.project.id'));
    player.world.set('user', valueAt(token, 'token.user.id'));
    player.world.set('defaultDomain', 'default');
    player.world.set('mapping', 'ACME');
    const { json } = await player.send('GET', '/roles?name=admin');
    player.world.set('admin', valueAt(json, 'roles.0.id'));
    player.world.set('member', valueAt((await player.send('GET', '/roles?name=member')).json, 'roles.0.id'));
  },
  adapt(body, player, request) {
    return rewritten(body, (key, value, path) => {
      if (key === 'expires_at') return '2099-02-27T18:30:59.000000Z';
      if (request.startsWith('auth-')) {
        if (path.endsWith('token.id')) return player.client.token;
        if (path.endsWith('password.user.id') || path.endsWith('application_credential.user.id'))
          return player.name('user');
        if (key === 'password' && typeof value === 'string') return ADMIN_PASSWORD;
        if (path.endsWith('application_credential.id')) return player.name('appcred');
        if (path.endsWith('scope.project.id')) return player.name('project');
      }
      if (request === 'user-password-update-request' && key === 'original_password') return PASSWORD;
      if (request === 'user-password-update-request' && key === 'password') return `${PASSWORD}-new`;
      if (key === 'federated') return LEFT_OUT;
      if (key === 'region_id') return 'RegionOne';
      if (key === 'parent_region_id') return 'RegionOne';
      if (key === 'roles' && request === 'trust-create-request') return [{ name: 'member' }];
      if (key === 'project_id' && request === 'trust-create-request') return player.name('project');
      if (request === 'application-credential-create-request' && path.endsWith('roles.name')) return 'reader';
      if (request === 'limits-create-request' && path.endsWith('domain_id')) return player.name('domain');
      const name = REFERENCES[key];
      return name === undefined || typeof value !== 'string' ? undefined : player.name(name);
    }) as Body;
  },
};
