import { Controller, Inject } from '@nestjs/common';
import { Network, NetworkPage } from '#libs/contracts';
import type { NetworkData } from '#libs/contracts';
import { NetworkClient } from '../../edge/rpc/clients.js';
import type { ResourceKind } from '../resource/resource-kind.js';
import { ResourceEdge } from '../resource/resource-edge.js';
import { ResourceController } from '../resource/resource.controller.js';
import { NetworkBody } from './networks.dto.js';
import { networkFilters } from './networks.filters.js';
import { networkView } from './networks.view.js';

const kind: ResourceKind<NetworkData> = {
  singular: 'network',
  plural: 'networks',
  notFound: 'NetworkNotFound',
  filters: networkFilters,
  view: networkView,
};

/** `/v2.0/networks`. */
@Controller('v2.0/networks')
export class NetworksController extends ResourceController<NetworkData, NetworkBody> {
  constructor(@Inject(ResourceEdge) edge: ResourceEdge, @Inject(NetworkClient) client: NetworkClient) {
    super(edge, kind, NetworkBody, {
      list: async (request, args) => NetworkPage.unwrap(await client.call(request, 'network_list', args)),
      create: async (request, networks) =>
        NetworkPage.unwrap(await client.call(request, 'network_create', { networks })),
      get: async (request, id) => Network.unwrap(await client.call(request, 'network_get', { id })),
      update: async (request, target, network) =>
        Network.unwrap(await client.call(request, 'network_update', { ...target, network })),
      delete: (request, target) => client.call(request, 'network_delete', target),
    });
  }
}
