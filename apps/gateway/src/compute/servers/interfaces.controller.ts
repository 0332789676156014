import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { InstanceMetadata, Port, ServerActionResult, actionOf, declarationOf, isRecord } from '#libs/contracts';
import type { PortData, ServerActionName, ServerActionResultData, ServerData } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { InvalidBody } from '../../edge/validation/invalid-body.js';
import { ResourceClient } from '../../network/resource/resource-client.js';
import { readActionBody } from './action-body.js';
import { versionOf } from '../versions/microversion.js';
import { findServer } from './find-server.js';

const ports = declarationOf(Port);
const RULES = 'os_compute_api:os-attach-interfaces';

/** Since this version an interface shows its device tag. */
const WITH_TAG = 70;

/** `/servers/{id}/os-interface`: the ports of a server (nova.api.openstack.compute.attach_interfaces). */
@Controller('v2.1/servers/:id/os-interface')
export class InterfacesController {
  constructor(
    @Inject(ConductorClient) private readonly conductor: ConductorClient,
    @Inject(ResourceClient) private readonly client: ResourceClient,
  ) {}

  @Get()
  @AuthorizeObject('os_compute_api:servers:show', `${RULES}:list`)
  async list(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    const server = await this.#server(request, id);
    const filters = { device_id: [server.id], project_id: [server.project_id] };
    const page = await this.client.list(request, ports, { filters });
    return { interfaceAttachments: await this.#views(request, server, page.objects) };
  }

  @Get(':port')
  @AuthorizeObject('os_compute_api:servers:show', `${RULES}:show`)
  async show(@Req() request: FastifyRequest, @Param('id') id: string, @Param('port') portId: string): Promise<unknown> {
    return { interfaceAttachment: await this.#attachment(request, await this.#server(request, id), portId) };
  }

  @Post()
  @HttpCode(200)
  @AuthorizeObject(`${RULES}:create`)
  async attach(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    const { body } = readActionBody(actionOf('attach_interface'), valueOf(request.body), versionOf(request));
    const server = await this.#server(request, id);
    refuseContradictions(body);
    const { port_id: portId = '' } = await this.#act(request, id, 'attach_interface', body);
    return { interfaceAttachment: await this.#attachment(request, server, portId) };
  }

  @Delete(':port')
  @HttpCode(202)
  @AuthorizeObject(`${RULES}:delete`)
  async detach(@Req() request: FastifyRequest, @Param('id') id: string, @Param('port') portId: string): Promise<void> {
    await this.#act(request, id, 'detach_interface', { port_id: portId });
  }

  async #server(request: FastifyRequest, id: string): Promise<ServerData> {
    return await findServer(this.conductor, request, id);
  }

  async #act(
    request: FastifyRequest,
    id: string,
    action: ServerActionName,
    body: object,
  ): Promise<ServerActionResultData> {
    const args = { id, action, microversion: versionOf(request), body };
    return ServerActionResult.unwrap(await this.conductor.call(request, 'server_act', args));
  }

  async #attachment(request: FastifyRequest, server: ServerData, portId: string): Promise<object | undefined> {
    const filters = { id: [portId] };
    const { objects } = await this.client.list(request, ports, { filters });
    const [port] = objects;
    if (port === undefined) throw portNotFound(`Port id ${portId} could not be found.`);
    if (port.device_id !== server.id || port.project_id !== server.project_id) {
      throw portNotFound(`Instance ${server.id} does not have a port with id ${portId}`);
    }
    const [view] = await this.#views(request, server, [port]);
    return view;
  }

  async #views(request: FastifyRequest, server: ServerData, found: readonly PortData[]): Promise<object[]> {
    const withTag = versionOf(request) >= WITH_TAG;
    const tags = withTag && found.length > 0 ? await this.#tags(request, server) : new Map<string, string | null>();
    return found.map((port) => ({
      net_id: port.network_id,
      port_id: port.id,
      mac_addr: port.mac_address,
      port_state: port.status,
      fixed_ips: port.fixed_ips.map(({ subnet_id, ip_address }) => ({ subnet_id, ip_address })),
      ...(withTag && { tag: tags.get(port.id) ?? null }),
    }));
  }

  /** The Network API does not have them. */
  async #tags(
    request: FastifyRequest,
    { id, project_id: projectId }: ServerData,
  ): Promise<ReadonlyMap<string, string | null>> {
    const args = { instance_id: id, tenant_id: projectId };
    const { nics = [] } = InstanceMetadata.unwrap(await this.conductor.call(request, 'instance_metadata', args));
    return new Map(nics.map(({ port_id: portId, tag }) => [portId, tag]));
  }
}

function portNotFound(text: string): Fault {
  return new Fault(404, text, { code: 'PortNotFound' });
}

/** The value under `interfaceAttachment`; nova also accepts a body without it. */
function valueOf(body: unknown): unknown {
  if (!isRecord(body)) throw new InvalidBody({ field: '', value: body, reason: "the value is not of type 'object'" });
  const [unknown] = Object.keys(body).filter((key) => key !== 'interfaceAttachment');
  if (unknown !== undefined) {
    const reason = `Additional properties are not allowed ('${unknown.slice(0, 64)}' was unexpected)`;
    throw new InvalidBody({ field: '', value: body, reason });
  }
  return Object.hasOwn(body, 'interfaceAttachment') ? body['interfaceAttachment'] : {};
}

function refuseContradictions(body: {
  readonly net_id?: unknown;
  readonly port_id?: unknown;
  readonly fixed_ips?: unknown;
}): void {
  const { net_id: network, port_id: port, fixed_ips: addresses } = body;
  if (network !== undefined && port !== undefined) {
    throw new Fault(400, 'Must not input both network_id and port_id', { code: 'InvalidInput' });
  }
  if (addresses !== undefined && network === undefined) {
    throw new Fault(400, 'Must input network_id when request IP address', { code: 'InvalidInput' });
  }
}
