import { Controller, Get, Param, Req } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { Hypervisor } from '#libs/contracts';
import type { HypervisorData, HypervisorListArgs, Page } from '#libs/contracts';
import { Authorize } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { booleanOf, lastOf, queryOf } from '../../edge/query/query.js';
import { Pages } from '../paging.js';
import type { PageAsked } from '../paging.js';
import { Microversions } from '../versions/microversion.hooks.js';
import { versionOf } from '../versions/microversion.js';
import { ResourceReader } from '../resource/resource-reader.js';
import { resourceView } from '../resource/resource-view.js';

/** The short form; `servers` if they were requested: until 2.74 only for a host that has some. */
function hypervisorSummary(host: HypervisorData, version: number): Record<string, unknown> {
  return resourceView(Hypervisor, host, { version, view: 'brief' }, hostedServers(host, version));
}

/** nova's representation of a host by microversion. */
function hypervisorView(host: HypervisorData, version: number): Record<string, unknown> {
  const id = version >= 53 ? host.service_id : host.service_number;
  return resourceView(
    Hypervisor,
    host,
    { version, view: 'detail' },
    {
      ...hostedServers(host, version),
      service: { id, host: host.host, disabled_reason: host.disabled_reason },
      ...(version < 28 && { cpu_info: JSON.stringify(host.cpu_info) }),
      ...(version < 88 && freeOf(host)),
    },
  );
}

function hostedServers({ hosted }: HypervisorData, version: number): Record<string, unknown> {
  return hosted !== null && (hosted.length > 0 || version >= 75) ? { servers: hosted } : {};
}

function freeOf(host: HypervisorData): Record<string, number> {
  const disk = host.disk - host.disk_used;
  return { free_ram_mb: host.memory - host.memory_used, free_disk_gb: disk, disk_available_least: disk };
}

/** The summed fields, in the version before they were removed. */
const SUMMED = [
  'vcpus',
  'vcpus_used',
  'memory_mb',
  'memory_mb_used',
  'free_ram_mb',
  'local_gb',
  'local_gb_used',
  'free_disk_gb',
  'disk_available_least',
  'running_vms',
  'current_workload',
];

/** Sums over all enabled hosts, as nova counts. */
function statisticsView(hosts: readonly HypervisorData[]): Record<string, unknown> {
  const counted = hosts.filter((host) => host.status === 'enabled').map((host) => hypervisorView(host, 87));
  const sumOf = (name: string): number => counted.reduce((sum, host) => sum + Number(host[name]), 0);
  const sums = Object.fromEntries(SUMMED.map((name) => [name, sumOf(name)]));
  return { hypervisor_statistics: { count: counted.length, ...sums } };
}

type View = (host: HypervisorData, version: number) => Record<string, unknown>;

/** `/os-hypervisors`: the compute hosts and their usage. */
@Controller('v2.1/os-hypervisors')
export class HypervisorsController {
  constructor(
    private readonly reader: ResourceReader,
    private readonly pages: Pages,
  ) {}

  @Get()
  @Authorize('os_compute_api:os-hypervisors:list')
  list(@Req() request: FastifyRequest): Promise<unknown> {
    return this.#page(request, 'os-hypervisors', hypervisorSummary);
  }

  @Get('detail')
  @Authorize('os_compute_api:os-hypervisors:list-detail')
  detail(@Req() request: FastifyRequest): Promise<unknown> {
    return this.#page(request, 'os-hypervisors/detail', hypervisorView);
  }

  @Get('statistics')
  @Microversions(1, 87)
  @Authorize('os_compute_api:os-hypervisors:statistics')
  async statistics(@Req() request: FastifyRequest): Promise<unknown> {
    return statisticsView((await this.#hosts(request, {})).objects);
  }

  @Get(':id/uptime')
  @Microversions(1, 87)
  @Authorize('os_compute_api:os-hypervisors:uptime')
  async uptime(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    const host = await this.#one(request, id);
    if (host.state === 'down') {
      const text = `Service is unavailable at this time.`;
      throw new Fault(400, text, { code: 'ComputeServiceUnavailable' });
    }
    if (host.uptime === null) {
      throw new Fault(501, 'Virt driver does not implement uptime function.', { code: 'NotImplemented' });
    }
    return { hypervisor: { ...hypervisorSummary(host, versionOf(request)), uptime: host.uptime } };
  }

  @Get(':pattern/search')
  @Microversions(1, 52)
  @Authorize('os_compute_api:os-hypervisors:search')
  search(@Req() request: FastifyRequest, @Param('pattern') pattern: string): Promise<unknown> {
    return this.#matching(request, pattern, hypervisorSummary);
  }

  @Get(':pattern/servers')
  @Microversions(1, 52)
  @Authorize('os_compute_api:os-hypervisors:servers')
  servers(@Req() request: FastifyRequest, @Param('pattern') pattern: string): Promise<unknown> {
    return this.#matching(request, pattern, hypervisorSummary, true);
  }

  @Get(':id')
  @Authorize('os_compute_api:os-hypervisors:show')
  async show(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    const host = await this.#one(request, id, withServers(request));
    return { hypervisor: hypervisorView(host, versionOf(request)) };
  }

  /** Pages since 2.33; part of a host's name since 2.53, which nova does not page either. */
  async #page(request: FastifyRequest, path: string, view: View): Promise<Record<string, unknown>> {
    const query = queryOf(request);
    const version = versionOf(request);
    const servers = withServers(request);
    const pattern = version >= 53 ? lastOf(query, 'hypervisor_hostname_pattern') : undefined;
    if (pattern === '') {
      const text = "Invalid input for query parameters hypervisor_hostname_pattern. Value: . '' is too short";
      throw new Fault(400, text, { code: 'InvalidInput' });
    }
    if (pattern !== undefined) {
      if (lastOf(query, 'limit') !== undefined || lastOf(query, 'marker') !== undefined) {
        const text = 'Paging over hypervisors with the hypervisor_hostname_pattern query parameter is not supported.';
        throw new Fault(400, text, { code: 'InvalidInput' });
      }
      return this.#matching(request, pattern, view, servers);
    }
    const asked = version >= 33 ? await this.#pageOf(request, version) : {};
    const page = await this.#hosts(request, { ...asked, with_servers: servers });
    const last = page.objects.at(-1);
    const marker =
      page.next_marker === null || last === undefined ? null : String(version >= 53 ? last.id : last.number);
    return {
      hypervisors: page.objects.map((host) => view(host, version)),
      ...this.pages.next(request, 'hypervisors', path, marker),
    };
  }

  /** Until 2.52 a marker is a host's number. */
  async #pageOf(request: FastifyRequest, version: number): Promise<PageAsked> {
    const page = this.pages.asked(request);
    if (version >= 53 || page.marker === undefined) return page;
    const filters = { number: [/^\d{1,15}$/.test(page.marker) ? page.marker : '-1'] };
    const [found] = (await this.#hosts(request, { filters })).objects;
    if (found === undefined) {
      throw new Fault(400, `marker [${page.marker}] not found`, { code: 'MarkerNotFound' });
    }
    return { ...page, marker: found.id };
  }

  async #matching(
    request: FastifyRequest,
    pattern: string,
    view: View,
    servers = false,
  ): Promise<Record<string, unknown>> {
    const { objects } = await this.#hosts(request, { with_servers: servers });
    const found = objects.filter((host) => host.node.toLowerCase().includes(pattern.toLowerCase()));
    if (found.length === 0) {
      throw new Fault(404, `No hypervisor matching '${pattern.slice(0, 255)}' could be found.`, { code: 'NotFound' });
    }
    return { hypervisors: found.map((host) => view(host, versionOf(request))) };
  }

  async #one(request: FastifyRequest, id: string, servers = false): Promise<HypervisorData> {
    const isNew = versionOf(request) >= 53;
    if (isNew && !isUUID(id, 'loose')) throw new Fault(400, `Invalid uuid ${id}`, { code: 'InvalidInput' });
    const isNumber = /^\d{1,15}$/.test(id);
    const filters = isNew ? { id: [id] } : { number: [isNumber ? String(Number(id)) : '-1'] };
    return this.reader.one(request, Hypervisor, id, listArgs({ filters, with_servers: servers }), { elevated: true });
  }

  /** The route's own rule was checked; the worker's rule for lists is for programs that call it directly. */
  #hosts(request: FastifyRequest, asked: HypervisorListArgs): Promise<Page<HypervisorData>> {
    return this.reader.list(request, Hypervisor, listArgs(asked), { elevated: true });
  }
}

/** `with_servers` is only sent if it was requested: workers of the previous release do not know it. */
function listArgs({ with_servers: servers, ...others }: HypervisorListArgs): HypervisorListArgs {
  return servers === true ? { ...others, with_servers: true } : others;
}

/** `with_servers`, from 2.53 on. */
function withServers(request: FastifyRequest): boolean {
  const text = versionOf(request) >= 53 ? lastOf(queryOf(request), 'with_servers') : undefined;
  const value = text === undefined ? false : booleanOf(text);
  if (value === undefined) throw new Fault(400, `Unrecognized value '${text}'`, { code: 'InvalidInput' });
  return value;
}
