import type { ApiDefinition } from '../edge/api-definition.js';
import { Caller } from './auth/caller.js';
import { OwnScopesController } from './auth/own-scopes.controller.js';
import { TokensController } from './auth/tokens.controller.js';
import { CatalogController } from './catalog/catalog.controller.js';
import { IdentityPolicy } from './collection/identity-policy.js';
import { DomainsController } from './domains/domains.controller.js';
import { keystoneFaultForm } from './errors/keystone-fault-form.js';
import { GrantsController } from './grants/grants.controller.js';
import { ProjectsController } from './projects/projects.controller.js';
import { RoleAssignmentsController } from './role-assignments/role-assignments.controller.js';
import { RolesController } from './roles/roles.controller.js';
import { UsersController } from './users/users.controller.js';
import { VersionsController } from './versions/versions.controller.js';

const OPEN = ['cors', 'http_proxy_to_wsgi', 'request_id', 'request_log', 'sizelimit'];

/** The Identity API v3: log in, and what logging in rests on. */
export const identityApi: ApiDefinition = {
  name: 'identity',
  faults: keystoneFaultForm,
  pipeline: [
    { prefix: '/', filters: OPEN },
    // Logging in needs no token; the other methods of this path ask for it themselves.
    { prefix: '/v3/auth/tokens', filters: OPEN },
    { prefix: '/v3', more: true, filters: [...OPEN, 'authtoken', 'keystonecontext'] },
  ],
  module: {
    controllers: [
      VersionsController,
      TokensController,
      OwnScopesController,
      CatalogController,
      ProjectsController,
      UsersController,
      DomainsController,
      RolesController,
      RoleAssignmentsController,
      GrantsController,
    ],
    providers: [IdentityPolicy, Caller, { provide: 'IdentityApi', useFactory: (): ApiDefinition => identityApi }],
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
