import { Controller, Delete, Get, HttpCode, Inject, Param, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { contextOf } from '../../edge/request-state.js';
import { shape, text } from '../../edge/openapi/schema-parts.js';
import { NetworkClient } from '../../edge/rpc/clients.js';
import { badRequest } from '../errors/neutron-faults.js';
import { parseFields } from '../query/list-query.js';
import type { RawQuery } from '../query/list-query.js';

const LONGEST_ID = 255;

export const TOPOLOGY = shape({ id: text, project_id: text, tenant_id: text });

/**
 * `/v2.0/auto-allocated-topology` (neutron.services.auto_allocate): the network that is created automatically for a
 * project.
 */
@Controller('v2.0/auto-allocated-topology')
export class AutoAllocatedTopologyController {
  constructor(@Inject(NetworkClient) private readonly network: NetworkClient) {}

  /** `fields=dry-run` only checks whether one could be created. */
  @Get(':project')
  @AuthorizeObject('get_auto_allocated_topology')
  async show(@Req() request: FastifyRequest, @Param('project') named: string, @Query() raw: RawQuery): Promise<object> {
    const fields = parseFields(raw);
    const isTrial = fields.includes('dry-run');
    if (fields.length > 0 && !isTrial) throw badRequest('Bad auto_allocate request: Unrecognized field.');
    const project = projectOf(request, named);
    const args = { project_id: project, ...(isTrial ? { dry_run: true } : {}) };
    const { network_id: network } = await this.network.call(request, 'auto_allocated_topology_get', args);
    const id = network ?? 'dry-run=pass';
    return { auto_allocated_topology: { id, project_id: project, tenant_id: project } };
  }

  @Delete(':project')
  @AuthorizeObject('delete_auto_allocated_topology')
  @HttpCode(204)
  async remove(@Req() request: FastifyRequest, @Param('project') named: string): Promise<void> {
    await this.network.call(request, 'auto_allocated_topology_delete', { project_id: projectOf(request, named) });
  }
}

/** `None` is sent by clients that do not know their project: the token's own. */
function projectOf(request: FastifyRequest, named: string): string {
  const project = named === 'None' ? contextOf(request).project_id : named;
  if (project !== null && project.length <= LONGEST_ID && !project.includes('\0')) return project;
  throw new Fault(404, 'The resource could not be found.', { code: 'HTTPNotFound' });
}
