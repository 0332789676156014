import type { ApiDefinition } from '../edge/api-definition.js';
import { openApiController } from '../edge/openapi/openapi.controller.js';
import { Authenticator } from './auth/authenticator.js';
import { CatalogReader } from './catalog/catalog-reader.js';
import { IdentityPolicy } from './collection/identity-policy.js';
import { keystoneFaultForm, forbidden } from './errors/keystone-faults.js';
import { identityControllers } from './identity.controllers.js';
import { IdentityResourceClient } from './resource/resource-client.js';

const loadDocument = async (): Promise<object> => (await import('./openapi/document.js')).identityOpenApi();

const OPEN = ['cors', 'http_proxy_to_wsgi', 'request_id', 'request_log', 'sizelimit'];

/** The Identity API v3: log-in, and the resources that it depends on. */
export const identityApi: ApiDefinition = {
  name: 'identity',
  faults: keystoneFaultForm,
  bodies: { freeValues: true },
  authenticates: true,
  exposesHead: true,
  forbidden,
  pipeline: [
    { prefix: '/', filters: OPEN },
    // Logging in needs no token; the other methods of this path are not open, so that they require one.
    { prefix: '/v3/auth/tokens', filters: OPEN },
    { prefix: '/v3', more: true, filters: [...OPEN, 'authtoken', 'keystonecontext'] },
  ],
  module: {
    controllers: [...identityControllers, openApiController(loadDocument)],
    providers: [IdentityPolicy, CatalogReader, IdentityResourceClient, Authenticator],
  },
  install: (fastify) => {
    // Every response depends on the caller; caches must not mix tokens up.
    fastify.addHook('onSend', (_request, reply, payload, done) => {
      const others = reply.getHeader('vary');
      reply.header('vary', others === undefined ? 'X-Auth-Token' : `${String(others)}, X-Auth-Token`);
      done(null, payload);
    });
  },
};
