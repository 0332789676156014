import { Controller, Get, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Service } from '#libs/contracts';
import { businessClock } from '#libs/simulation';
import { Authorize } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { ResourceReader } from '../resource/resource-reader.js';
import { storedBinary } from '../services/services.view.js';

const RULES = 'os_compute_api:os-instance-usage-audit-log';
const COMPUTE = storedBinary('nova-compute');
const TIME = /^(\d{4})-(\d{1,2})-(\d{1,2}) (\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d{1,6})?$/;

/**
 * `/os-instance_usage_audit_log`: no host audits the usage of its servers (nova's `instance_usage_audit`, which is also
 * off by default), so no host has run an audit. The period is nova's default, a month.
 */
@Controller('v2.1/os-instance_usage_audit_log')
export class UsageAuditController {
  constructor(private readonly reader: ResourceReader) {}

  @Get()
  @Authorize(`${RULES}:list`)
  async list(@Req() request: FastifyRequest): Promise<unknown> {
    return { instance_usage_audit_logs: await this.#log(request, businessClock.date()) };
  }

  @Get(':before')
  @Authorize(`${RULES}:show`)
  async show(@Req() request: FastifyRequest, @Param('before') before: string): Promise<unknown> {
    return { instance_usage_audit_log: await this.#log(request, timeOf(before)) };
  }

  async #log(request: FastifyRequest, before: Date): Promise<unknown> {
    const filters = { binary: [COMPUTE] };
    const { objects } = await this.reader.list(request, Service, { filters }, { elevated: true });
    const hosts = [...new Set(objects.map(({ host }) => host))];
    const { begin, end } = lastMonth(before);
    return {
      period_beginning: shown(begin),
      period_ending: shown(end),
      num_hosts: hosts.length,
      num_hosts_done: 0,
      num_hosts_running: 0,
      num_hosts_not_run: hosts.length,
      hosts_not_run: hosts,
      total_instances: 0,
      total_errors: 0,
      overall_status: `${hosts.length === 0 ? 'ALL' : `0 of ${hosts.length}`} hosts done. 0 errors.`,
      log: {},
    };
  }
}

/** Error: Fault 400. */
function timeOf(text: string): Date {
  const parts = TIME.exec(text)?.slice(1).map(Number) ?? [];
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  const time = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const fits = time.getUTCMonth() === month - 1 && time.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  if (parts.length === 0 || year < 1 || !fits) {
    throw new Fault(400, `Invalid timestamp for date ${text.slice(0, 64)}`, { code: 'InvalidInput' });
  }
  return time;
}

/** The last complete month before a time. */
function lastMonth(before: Date): { readonly begin: Date; readonly end: Date } {
  const [year, month] = [before.getUTCFullYear(), before.getUTCMonth()];
  const own = Date.UTC(year, month, 1);
  const back = own >= before.getTime() ? 1 : 0;
  return { begin: new Date(Date.UTC(year, month - back - 1, 1)), end: new Date(Date.UTC(year, month - back, 1)) };
}

function shown(time: Date): string {
  return time.toISOString().slice(0, 19).replace('T', ' ');
}
