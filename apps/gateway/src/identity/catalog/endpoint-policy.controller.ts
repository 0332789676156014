import { Controller, Delete, Get, HttpCode, Inject, Param, Put, Req } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Endpoint, PolicyBlob, declarationOf } from '#libs/contracts';
import type { PolicyAssociationArgs } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { collectionView, objectId } from '../collection/collection.js';
import { resourceView } from '../resource/resource-view.js';
import { CatalogReader } from './catalog-reader.js';

interface AssociationPath {
  readonly policy: string;
  readonly endpoint?: string;
  readonly service?: string;
  readonly region?: string;
}

function associationArgs({
  policy,
  endpoint,
  service,
  region,
}: AssociationPath): Omit<PolicyAssociationArgs, 'change'> {
  return {
    policy_id: objectId('policy', policy),
    ...(endpoint === undefined ? {} : { endpoint_id: objectId('endpoint', endpoint) }),
    ...(service === undefined ? {} : { service_id: objectId('service', service) }),
    ...(region === undefined ? {} : { region_id: objectId('region', region) }),
  };
}

/** The three requests about one kind of association; `kind` ends the names of their rules. */
function associationController(kind: string, path: string): Type {
  @Controller(`v3/policies/:policy/OS-ENDPOINT-POLICY/${path}`)
  class AssociationController {
    constructor(@Inject(IdentityClient) private readonly identity: IdentityClient) {}

    @Get()
    @AuthorizeObject(`identity:check_policy_association_for_${kind}`)
    @HttpCode(204)
    async check(@Req() request: FastifyRequest, @Param() found: AssociationPath): Promise<void> {
      await this.identity.call(request, 'policy_association', { ...associationArgs(found), change: 'check' });
    }

    @Put()
    @AuthorizeObject(`identity:create_policy_association_for_${kind}`)
    @HttpCode(204)
    async create(@Req() request: FastifyRequest, @Param() found: AssociationPath): Promise<void> {
      await this.identity.call(request, 'policy_association', { ...associationArgs(found), change: 'create' });
    }

    @Delete()
    @AuthorizeObject(`identity:delete_policy_association_for_${kind}`)
    @HttpCode(204)
    async remove(@Req() request: FastifyRequest, @Param() found: AssociationPath): Promise<void> {
      await this.identity.call(request, 'policy_association', { ...associationArgs(found), change: 'delete' });
    }
  }
  return AssociationController;
}

/** What belongs to which policy blob. */
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

/** `OS-ENDPOINT-POLICY`: a policy is of an endpoint, of a service, or of a service in a region. */
export const endpointPolicyControllers: readonly Type[] = [
  EndpointPoliciesController,
  associationController('endpoint', 'endpoints/:endpoint'),
  associationController('service', 'services/:service'),
  associationController('region_and_service', 'services/:service/regions/:region'),
];
