import { identityResources } from '#libs/contracts';
import type { ApiDefinition } from '../edge/api-definition.js';
import { RevokeEventsController } from './auth/revoke-events.controller.js';
import { AbsentWaysController } from './auth/absent-ways.controller.js';
import { OwnScopesController } from './auth/own-scopes.controller.js';
import { TokensController } from './auth/tokens.controller.js';
import { Authenticator } from './auth/authenticator.js';
import { EndpointFilterController } from './catalog/endpoint-filter.controller.js';
import { endpointPolicyControllers } from './catalog/endpoint-policy.controller.js';
import { CatalogReader } from './catalog/catalog-reader.js';
import { IdentityPolicy } from './collection/identity-policy.js';
import { ApplicationCredentialsController } from './delegation/application-credentials.controller.js';
import { Ec2CredentialsController } from './delegation/ec2-credentials.controller.js';
import { TrustsController } from './delegation/trusts.controller.js';
import { DomainConfigController } from './domains/domain-config.controller.js';
import { DomainsController } from './domains/domains.controller.js';
import { keystoneFaultForm } from './errors/keystone-fault-form.js';
import { forbidden } from './errors/keystone-faults.js';
import { GroupMembersController } from './groups/group-members.controller.js';
import { GrantsController } from './grants/grants.controller.js';
import { LimitsModelController } from './limits-model.controller.js';
import { AccessTokensController } from './oauth/access-tokens.controller.js';
import { OAuth1Controller } from './oauth/oauth1.controller.js';
import { OAuth2Controller } from './oauth/oauth2.controller.js';
import { ProjectTagsController } from './projects/project-tags.controller.js';
import { ProjectsController } from './projects/projects.controller.js';
import { identityControllers } from './resource/resource.controller.js';
import { IdentityResourceClient } from './resource/resource-client.js';
import { RoleAssignmentsController } from './role-assignments/role-assignments.controller.js';
import { ImpliedRolesController } from './roles/implied-roles.controller.js';
import { RolesController } from './roles/roles.controller.js';
import { SignedTokensController } from './signatures/signed-tokens.controller.js';
import { UsersController } from './users/users.controller.js';
import { VersionsController } from './versions/versions.controller.js';

const OPEN = ['cors', 'http_proxy_to_wsgi', 'request_id', 'request_log', 'sizelimit'];

/** The Identity API v3: log in, and what logging in rests on. */
export const identityApi: ApiDefinition = {
  name: 'identity',
  faults: keystoneFaultForm,
  authenticates: true,
  exposesHead: true,
  forbidden,
  pipeline: [
    { prefix: '/', filters: OPEN },
    // Logging in needs no token; the other methods of this path are not open, so that they are asked for it.
    { prefix: '/v3/auth/tokens', filters: OPEN },
    { prefix: '/v3', more: true, filters: [...OPEN, 'authtoken', 'keystonecontext'] },
  ],
  module: {
    controllers: [
      VersionsController,
      TokensController,
      OwnScopesController,
      AbsentWaysController,
      LimitsModelController,
      ...identityControllers(identityResources),
      ProjectTagsController,
      ProjectsController,
      UsersController,
      DomainConfigController,
      DomainsController,
      RolesController,
      RoleAssignmentsController,
      GrantsController,
      ApplicationCredentialsController,
      TrustsController,
      Ec2CredentialsController,
      GroupMembersController,
      ImpliedRolesController,
      OAuth1Controller,
      EndpointFilterController,
      ...endpointPolicyControllers,
      RevokeEventsController,
      AccessTokensController,
      OAuth2Controller,
      SignedTokensController,
    ],
    providers: [IdentityPolicy, CatalogReader, IdentityResourceClient, Authenticator],
  },
  install: (fastify) => {
    // Whatever is answered depends on who asks; caches must not mix tokens up.
    fastify.addHook('onSend', (_request, reply, payload, done) => {
      const others = reply.getHeader('vary');
      reply.header('vary', others === undefined ? 'X-Auth-Token' : `${String(others)}, X-Auth-Token`);
      done(null, payload);
    });
  },
};
