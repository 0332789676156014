import { Controller, Inject } from '@nestjs/common';
import { Subnet, SubnetPage } from '#libs/contracts';
import type { SubnetData } from '#libs/contracts';
import { NetworkClient } from '../../edge/rpc/clients.js';
import type { ResourceKind } from '../resource/resource-kind.js';
import { ResourceEdge } from '../resource/resource-edge.js';
import { ResourceController } from '../resource/resource.controller.js';
import { SubnetBody } from './subnets.dto.js';
import { subnetFilters } from './subnets.filters.js';
import { subnetView } from './subnets.view.js';

const kind: ResourceKind<SubnetData> = {
  singular: 'subnet',
  plural: 'subnets',
  notFound: 'SubnetNotFound',
  filters: subnetFilters,
  view: subnetView,
};

/** `/v2.0/subnets`. */
@Controller('v2.0/subnets')
export class SubnetsController extends ResourceController<SubnetData, SubnetBody> {
  constructor(@Inject(ResourceEdge) edge: ResourceEdge, @Inject(NetworkClient) client: NetworkClient) {
    super(edge, kind, SubnetBody, {
      list: async (request, args) => SubnetPage.unwrap(await client.call(request, 'subnet_list', args)),
      create: async (request, subnets) => SubnetPage.unwrap(await client.call(request, 'subnet_create', { subnets })),
      get: async (request, id) => Subnet.unwrap(await client.call(request, 'subnet_get', { id })),
      update: async (request, target, subnet) =>
        Subnet.unwrap(await client.call(request, 'subnet_update', { ...target, subnet })),
      delete: (request, target) => client.call(request, 'subnet_delete', target),
    });
  }
}
