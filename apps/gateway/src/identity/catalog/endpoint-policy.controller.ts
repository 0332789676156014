import { Controller, Get, Inject, Param, Req } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Endpoint, PolicyBlob, declarationOf } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { collectionView, objectId } from '../collection/collection.js';
import { linkController } from '../resource/link.controller.js';
import { resourceView } from '../resource/resource-view.js';
import { CatalogReader } from './catalog-reader.js';

/** One kind of association; the names of its rules end in `kind`. */
function associations(kind: string, path: string): Type {
  const request = (change: string) => {
    return { method: 'policy_association', change, rule: `identity:${change}_policy_association_for_${kind}` } as const;
  };
  return linkController({
    paths: [`policies/:policy/OS-ENDPOINT-POLICY/${path}`],
    put: request('create'),
    get: request('check'),
    delete: request('delete'),
  });
}

/** The associations of policy blobs. */
@Controller('v3')
class EndpointPoliciesController {
  constructor(
    @Inject(IdentityClient) private readonly identity: IdentityClient,
    @Inject(CatalogReader) private readonly catalogs: CatalogReader,
  ) {}

  @Get('policies/:id/OS-ENDPOINT-POLICY/endpoints')
  @AuthorizeObject('identity:list_endpoints_for_policy')
  async endpoints(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    const declaration = declarationOf(Endpoint);
    const found = await this.identity.call(request, 'policy_endpoints', { id: objectId('policy', id) });
    const views = declaration.page
      .unwrap(found)
      .objects.map((row) => resourceView(declaration, baseUrl(request), this.catalogs.withUrl(request, row)));
    return collectionView(request, 'endpoints', views);
  }

  @Get('endpoints/:id/OS-ENDPOINT-POLICY/policy')
  @AuthorizeObject('identity:get_policy_for_endpoint')
  async policy(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    const declaration = declarationOf(PolicyBlob);
    const found = await this.identity.call(request, 'endpoint_policy', { id: objectId('endpoint', id) });
    return { policy: resourceView(declaration, baseUrl(request), declaration.object.unwrap(found)) };
  }
}

/** `OS-ENDPOINT-POLICY`: a policy is associated with an endpoint, a service, or a service in a region. */
export const endpointPolicyControllers: readonly Type[] = [
  EndpointPoliciesController,
  associations('endpoint', 'endpoints/:endpoint'),
  associations('service', 'services/:service'),
  associations('region_and_service', 'services/:service/regions/:region'),
];
