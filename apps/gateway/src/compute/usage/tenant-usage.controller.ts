import { Controller, Get, Inject, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Usage } from '#libs/contracts';
import type { ServerUsageData, UsageArgs, UsageData } from '#libs/contracts';
import { businessClock } from '#libs/simulation';
import { ApiOptions } from '#libs/options';
import { Authorize, AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { lastOf, queryOf } from '../../edge/query/query.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { Pages } from '../paging.js';
import { toMicroseconds } from '../time-form.js';
import { versionOf } from '../versions/microversion.js';

/** nova's three forms of a time; UTC, since none has a zone. */
const TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?$/;

/** Paged since 2.40. */
const PAGED_SINCE = 40;

/** `/os-simple-tenant-usage`: the usage of projects' servers in a period. */
@Controller('v2.1/os-simple-tenant-usage')
export class TenantUsageController {
  constructor(
    private readonly conductor: ConductorClient,
    private readonly pages: Pages,
    @Inject(ApiOptions) private readonly api: ApiOptions,
  ) {}

  @Get()
  @Authorize('os_compute_api:os-simple-tenant-usage:list')
  async list(@Req() request: FastifyRequest): Promise<unknown> {
    const detailed = lastOf(queryOf(request), 'detailed') === '1';
    const usage = await this.#read(request, {});
    const projects = [...new Set(usage.servers.map((server) => server.project_id))];
    const usages = projects.map((project) => summary(project, usage, detailed));
    return { tenant_usages: usages, ...this.#links(request, 'tenant_usages', 'os-simple-tenant-usage', usage) };
  }

  @Get(':project')
  @AuthorizeObject('os_compute_api:os-simple-tenant-usage:show')
  async show(@Req() request: FastifyRequest, @Param('project') project: string): Promise<unknown> {
    const usage = await this.#read(request, { project_id: project });
    const found = usage.servers.length === 0 ? {} : summary(project, usage, true);
    const path = `os-simple-tenant-usage/${project}`;
    return { tenant_usage: found, ...this.#links(request, 'tenant_usage', path, usage) };
  }

  async #read(request: FastifyRequest, of: Pick<UsageArgs, 'project_id'>): Promise<UsageData> {
    const query = queryOf(request);
    const now = businessClock.date().toISOString();
    const start = timeOf(lastOf(query, 'start'), now);
    const end = timeOf(lastOf(query, 'end'), now);
    if (start >= end && !(lastOf(query, 'start') === undefined && lastOf(query, 'end') === undefined)) {
      const text = 'Invalid start time. The start time cannot occur after the end time.';
      throw new Fault(400, text, { code: 'InvalidInput' });
    }
    const page = versionOf(request) >= PAGED_SINCE ? this.pages.asked(request) : { limit: this.api.maxLimit };
    return Usage.unwrap(await this.conductor.call(request, 'usage_list', { start, end, ...of, ...page }));
  }

  /** A full page may have a next one, as in nova. */
  #links(request: FastifyRequest, name: string, path: string, { servers }: UsageData): Record<string, unknown> {
    if (versionOf(request) < PAGED_SINCE) return {};
    const { limit } = this.pages.asked(request);
    const last = servers.length === limit ? servers.at(-1) : undefined;
    return this.pages.next(request, name, path, last?.id ?? null);
  }
}

function timeOf(text: string | undefined, now: string): string {
  if (text === undefined || text === '') return now;
  const time = TIME.test(text) ? Date.parse(`${text.replace(' ', 'T')}Z`) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new Fault(400, 'Invalid datetime string: Datetime is in invalid format', { code: 'InvalidInput' });
  }
  // Keeps the given microseconds: nova returns them.
  const fraction = /\.(\d{1,6})/.exec(text)?.[1] ?? '';
  return new Date(time).toISOString().replace(/\.\d+Z$/, `.${fraction.padEnd(6, '0')}Z`);
}

function summary(project: string, usage: UsageData, detailed: boolean): Record<string, unknown> {
  const servers = usage.servers.filter((server) => server.project_id === project);
  const sum = (amount: (server: ServerUsageData) => number): number =>
    servers.reduce((total, server) => total + amount(server), 0);
  return {
    tenant_id: project,
    ...(detailed && { server_usages: servers.map(serverUsage) }),
    total_local_gb_usage: sum(({ local_gb: amount, hours }) => amount * hours),
    total_vcpus_usage: sum(({ vcpus, hours }) => vcpus * hours),
    total_memory_mb_usage: sum(({ memory_mb: amount, hours }) => amount * hours),
    total_hours: sum(({ hours }) => hours),
    start: toMicroseconds(usage.start),
    stop: toMicroseconds(usage.stop),
  };
}

function serverUsage(server: ServerUsageData): Record<string, unknown> {
  const { id, name, project_id: tenant, hours, flavor, memory_mb, local_gb, vcpus, uptime } = server;
  return {
    hours,
    flavor,
    instance_id: id,
    name,
    tenant_id: tenant,
    memory_mb,
    local_gb,
    vcpus,
    started_at: toMicroseconds(server.started_at),
    ended_at: toMicroseconds(server.ended_at),
    state: server.ended_at === null ? server.vm_state : 'terminated',
    uptime,
  };
}
