import { Controller, Get, Param, Put, Req } from '@nestjs/common';
import { IsIn } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { Hypervisor, Optional, ServerPage, Service } from '#libs/contracts';
import type { HypervisorData, ServerData } from '#libs/contracts';
import { Authorize } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { lastOf, queryOf } from '../../edge/query/query.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { InvalidBody } from '../../edge/validation/invalid-body.js';
import { ValidBody } from '../../edge/validation/valid-body.decorator.js';
import { ResourceReader } from '../resource/resource-reader.js';
import { storedBinary } from '../services/services.view.js';
import { Microversions } from '../versions/microversion.hooks.js';

/** nova's last microversion with hosts by their names. */
const LAST = 42;
const RULES = 'os_compute_api:os-hosts';
const COMPUTE = storedBinary('nova-compute');
const SWITCH = ['enable', 'disable', 'Enable', 'Disable', 'ENABLE', 'DISABLE'];

export class HostBody {
  @Optional() @IsIn(SWITCH) status?: string;
  @Optional() @IsIn(SWITCH) maintenance_mode?: string;
}

/** Sums over servers, in the form of a row of `GET /os-hosts/{host}`. */
interface HostUse {
  cpu: number;
  memory_mb: number;
  disk_gb: number;
}

/**
 * `/os-hosts`, until 2.42. A host can be enabled and disabled; no driver supports power actions or a maintenance mode.
 */
@Controller('v2.1/os-hosts')
export class HostsController {
  constructor(
    private readonly conductor: ConductorClient,
    private readonly reader: ResourceReader,
  ) {}

  @Get()
  @Microversions(1, LAST)
  @Authorize(`${RULES}:list`)
  async list(@Req() request: FastifyRequest): Promise<unknown> {
    const zone = lastOf(queryOf(request), 'zone');
    const { objects } = await this.reader.list(request, Service, {}, { elevated: true });
    const services = objects.filter(
      (service) => service.status === 'enabled' && (zone === undefined || zone === '' || service.zone === zone),
    );
    // nova's topic is the part after the dash of the binary's name.
    const topic = (binary: string): string => binary.slice(binary.indexOf('-') + 1);
    return {
      hosts: services.map(({ host, binary, zone: in_ }) => ({ host_name: host, service: topic(binary), zone: in_ })),
    };
  }

  @Get(':host')
  @Microversions(1, LAST)
  @Authorize(`${RULES}:show`)
  async show(@Req() request: FastifyRequest, @Param('host') host: string): Promise<unknown> {
    const node = await this.#node(request, host);
    const total = { cpu: node.vcpus, memory_mb: node.memory, disk_gb: node.disk };
    const used = { cpu: node.vcpus_used, memory_mb: node.memory_used, disk_gb: node.disk_used };
    const most: HostUse = { cpu: 0, memory_mb: 0, disk_gb: 0 };
    const projects = new Map<string, HostUse>();
    for (const server of await this.#servers(request, host)) {
      const own = projects.get(server.project_id) ?? { cpu: 0, memory_mb: 0, disk_gb: 0 };
      projects.set(server.project_id, own);
      for (const sum of [most, own]) add(sum, server);
    }
    const rows = [['(total)', total], ['(used_now)', used], ['(used_max)', most], ...projects] as const;
    return { host: rows.map(([project, sums]) => ({ resource: { host, project, ...sums } })) };
  }

  @Put(':host')
  @Microversions(1, LAST)
  @Authorize(`${RULES}:update`)
  async update(
    @Req() request: FastifyRequest,
    @Param('host') host: string,
    @ValidBody(HostBody) { status, maintenance_mode: maintenance }: HostBody,
  ): Promise<unknown> {
    if (status === undefined && maintenance === undefined) {
      const reason = '{} is not valid under any of the given schemas';
      throw new InvalidBody({ field: 'status', value: undefined, reason });
    }
    await this.#node(request, host);
    if (maintenance !== undefined) throw unsupported();
    const wanted = status?.toLowerCase() === 'enable' ? 'enabled' : 'disabled';
    const change = { host, binary: COMPUTE, status: wanted } as const;
    await this.conductor.call(request, 'service_update', change, { elevated: true });
    return { host, status: wanted };
  }

  @Get(':host/startup')
  @Microversions(1, LAST)
  @Authorize(`${RULES}:start`)
  startup(@Req() request: FastifyRequest, @Param('host') host: string): Promise<never> {
    return this.#power(request, host);
  }

  @Get(':host/shutdown')
  @Microversions(1, LAST)
  @Authorize(`${RULES}:shutdown`)
  shutdown(@Req() request: FastifyRequest, @Param('host') host: string): Promise<never> {
    return this.#power(request, host);
  }

  @Get(':host/reboot')
  @Microversions(1, LAST)
  @Authorize(`${RULES}:reboot`)
  reboot(@Req() request: FastifyRequest, @Param('host') host: string): Promise<never> {
    return this.#power(request, host);
  }

  async #power(request: FastifyRequest, host: string): Promise<never> {
    await this.#node(request, host);
    throw unsupported();
  }

  /** Error: Fault 404. */
  async #node(request: FastifyRequest, host: string): Promise<HypervisorData> {
    const { objects } = await this.reader.list(request, Hypervisor, { filters: { host: [host] } }, { elevated: true });
    const [node] = objects;
    if (node !== undefined) return node;
    throw new Fault(404, `Host '${host.slice(0, 255)}' is not mapped to any cell`, { code: 'HostMappingNotFound' });
  }

  async #servers(request: FastifyRequest, host: string): Promise<ServerData[]> {
    const servers: ServerData[] = [];
    let marker: string | null = null;
    do {
      const page = { filters: { host: [host] }, ...(marker === null ? {} : { marker }) };
      const answer = ServerPage.unwrap(await this.conductor.call(request, 'server_list', page, { elevated: true }));
      servers.push(...answer.objects);
      marker = answer.next_marker;
    } while (marker !== null);
    return servers;
  }
}

function add(sum: HostUse, { flavor }: ServerData): void {
  sum.cpu += flavor.vcpus;
  sum.memory_mb += flavor.ram;
  sum.disk_gb += flavor.disk + flavor.ephemeral;
}

function unsupported(): Fault {
  return new Fault(501, 'The requested functionality is not supported.', { code: 'NotImplemented' });
}
