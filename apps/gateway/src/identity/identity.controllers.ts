import { Controller, Get, Req, Res } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { identityResources } from '#libs/contracts';
import { Authorize, Open } from '../edge/access/access.decorators.js';
import { baseUrl } from '../edge/links.js';
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
import { OAuth1Controller } from './oauth/oauth1.controller.js';
import { OAuth2Controller } from './oauth/oauth2.controller.js';
import { ProjectTagsController } from './projects/project-tags.controller.js';
import { resourceControllers } from './resource/resource.controller.js';
import { RoleAssignmentsController } from './role-assignments/role-assignments.controller.js';
import { ImpliedRolesController } from './roles/implied-roles.controller.js';
import { SignedTokensController } from './signatures/signed-tokens.controller.js';

/** The document of Identity v3. `base` is scheme, host and prefix as the client sees them. */
function versionView(base: string): object {
  return {
    id: 'v3.14',
    status: 'stable',
    updated: '2020-04-07T00:00:00Z',
    links: [{ rel: 'self', href: `${base}/v3/` }],
    'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
  };
}

/** Discovery, without a token. */
@Controller()
class VersionsController {
  /** 300 Multiple Choices with the only choice, as in keystone. */
  @Get('/')
  @Open()
  choices(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): object {
    const base = baseUrl(request);
    reply.code(300).header('location', `${base}/v3/`);
    return { versions: { values: [versionView(base)] } };
  }

  @Get('v3')
  @Open()
  version(@Req() request: FastifyRequest): object {
    return { version: versionView(baseUrl(request)) };
  }
}

/** How services enforce limits: keystone's flat model, which ignores the tree of projects. */
@Controller('v3/limits/model')
class LimitsModelController {
  @Get()
  @Authorize('identity:get_limit_model')
  model(): object {
    return {
      model: {
        name: 'flat',
        description: 'Limit enforcement and validation does not take project hierarchy into consideration.',
      },
    };
  }
}

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
