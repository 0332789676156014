import type { Type } from '@nestjs/common';
import { identityResources } from '#libs/contracts';
import { RevokeEventsController } from './auth/revoke-events.controller.js';
import { AbsentWaysController } from './auth/absent-ways.controller.js';
import { OwnScopesController } from './auth/own-scopes.controller.js';
import { TokensController } from './auth/tokens.controller.js';
import { EndpointFilterController, EndpointsOfProjects } from './catalog/endpoint-filter.controller.js';
import { endpointPolicyControllers } from './catalog/endpoint-policy.controller.js';
import {
  AccessRulesController,
  AccessTokensController,
  ApplicationCredentialsController,
  Ec2CredentialsController,
  TrustsController,
} from './delegation/delegation.controllers.js';
import { DomainConfigController } from './domains/domain-config.controller.js';
import {
  DomainsController,
  ProjectsController,
  RolesController,
  UsersController,
} from './resource/directory.controllers.js';
import { GroupMembersController } from './groups/group-members.controller.js';
import { GrantsController } from './grants/grants.controller.js';
import { LimitsModelController } from './limits-model.controller.js';
import { OAuth1Controller } from './oauth/oauth1.controller.js';
import { OAuth2Controller } from './oauth/oauth2.controller.js';
import { ProjectTagsController } from './projects/project-tags.controller.js';
import { resourceControllers } from './resource/resource.controller.js';
import { RoleAssignmentsController } from './role-assignments/role-assignments.controller.js';
import { ImpliedRolesController } from './roles/implied-roles.controller.js';
import { SignedTokensController } from './signatures/signed-tokens.controller.js';
import { VersionsController } from './versions/versions.controller.js';

/** Every controller of the Identity API. */
export const identityControllers: readonly Type[] = [
  VersionsController,
  TokensController,
  OwnScopesController,
  AbsentWaysController,
  LimitsModelController,
  ...resourceControllers(identityResources),
  ProjectTagsController,
  ProjectsController,
  UsersController,
  DomainConfigController,
  DomainsController,
  RolesController,
  RoleAssignmentsController,
  GrantsController,
  ApplicationCredentialsController,
  AccessRulesController,
  TrustsController,
  Ec2CredentialsController,
  GroupMembersController,
  ImpliedRolesController,
  OAuth1Controller,
  EndpointFilterController,
  EndpointsOfProjects,
  ...endpointPolicyControllers,
  RevokeEventsController,
  AccessTokensController,
  OAuth2Controller,
  SignedTokensController,
];
