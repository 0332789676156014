import { Controller, Inject } from '@nestjs/common';
import { Port, PortPage } from '#libs/contracts';
import type { PortData } from '#libs/contracts';
import { NetworkClient } from '../../edge/rpc/clients.js';
import type { ResourceKind } from '../resource/resource-kind.js';
import { ResourceEdge } from '../resource/resource-edge.js';
import { ResourceController } from '../resource/resource.controller.js';
import { PortBody } from './ports.dto.js';
import { portFilters } from './ports.filters.js';
import { portView } from './ports.view.js';

const kind: ResourceKind<PortData> = {
  singular: 'port',
  plural: 'ports',
  notFound: 'PortNotFound',
  filters: portFilters,
  view: portView,
};

/** `/v2.0/ports`. */
@Controller('v2.0/ports')
export class PortsController extends ResourceController<PortData, PortBody> {
  constructor(@Inject(ResourceEdge) edge: ResourceEdge, @Inject(NetworkClient) client: NetworkClient) {
    super(edge, kind, PortBody, {
      list: async (request, args) => PortPage.unwrap(await client.call(request, 'port_list', args)),
      create: async (request, ports) => PortPage.unwrap(await client.call(request, 'port_create', { ports })),
      get: async (request, id) => Port.unwrap(await client.call(request, 'port_get', { id })),
      update: async (request, target, port) =>
        Port.unwrap(await client.call(request, 'port_update', { ...target, port })),
      delete: (request, target) => client.call(request, 'port_delete', target),
    });
  }
}
