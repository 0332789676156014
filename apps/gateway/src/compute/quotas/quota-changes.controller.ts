import { Controller, Delete, Get, HttpCode, Param, Put, Req } from '@nestjs/common';
import { IsObject } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { Limits, booleanOf } from '#libs/contracts';
import type { LimitsData } from '#libs/contracts';
import { Authorize } from '../../edge/access/access.decorators.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { InvalidBody } from '../../edge/validation/invalid-body.js';
import { ValidBody } from '../../edge/validation/valid-body.decorator.js';
import { quotaNames, quotaSetView, userOf } from './quota-sets.controller.js';
import { Version, versionOf } from '../versions/microversion.js';

export class QuotaSetBody {
  @IsObject() quota_set!: Record<string, unknown>;
}

export class QuotaClassSetBody {
  @IsObject() quota_class_set!: Record<string, unknown>;
}

const MAX_LIMIT = 2_147_483_647;

/** Changes of quotas: of a project, and of the class whose limits apply to all others. */
@Controller('v2.1')
export class QuotaChangesController {
  constructor(private readonly conductor: ConductorClient) {}

  @Put('os-quota-sets/:project')
  @Authorize('os_compute_api:os-quota-sets:update')
  async update(
    @Req() request: FastifyRequest,
    @Version() version: number,
    @Param('project') project: string,
    @ValidBody(QuotaSetBody) { quota_set: set }: QuotaSetBody,
  ): Promise<unknown> {
    const { force, ...given } = set;
    const limits = limitsOf(given, version, 'quota_set');
    const args = { project_id: project, ...userOf(request), limits, force: isForced(force) };
    const changed = Limits.unwrap(await this.conductor.call(request, 'quota_update', args));
    return view('quota_set', null, changed, version);
  }

  @Delete('os-quota-sets/:project')
  @Authorize('os_compute_api:os-quota-sets:delete')
  @HttpCode(202)
  async reset(@Req() request: FastifyRequest, @Param('project') project: string): Promise<void> {
    await this.conductor.call(request, 'quota_delete', { project_id: project, ...userOf(request) });
  }

  @Get('os-quota-class-sets/:name')
  @Authorize('os_compute_api:os-quota-class-sets:show')
  async showClass(@Req() request: FastifyRequest, @Param('name') name: string): Promise<unknown> {
    const limits = Limits.unwrap(await this.conductor.call(request, 'quota_class_get', { class_name: name }));
    return view('quota_class_set', name, limits, versionOf(request));
  }

  @Put('os-quota-class-sets/:name')
  @Authorize('os_compute_api:os-quota-class-sets:update')
  async updateClass(
    @Req() request: FastifyRequest,
    @Version() version: number,
    @Param('name') name: string,
    @ValidBody(QuotaClassSetBody) { quota_class_set: set }: QuotaClassSetBody,
  ): Promise<unknown> {
    const limits = limitsOf(set, versionOfClass(version), 'quota_class_set');
    await this.conductor.call(request, 'quota_update', { class_name: name, limits, force: true });
    const changed = Limits.unwrap(await this.conductor.call(request, 'quota_class_get', { class_name: name }));
    return view('quota_class_set', null, changed, version);
  }
}

/** Classes had the quotas of networks until 2.49; projects lost them in 2.36. */
function versionOfClass(version: number): number {
  return version >= 36 && version < 50 ? 35 : version;
}

/** Classes did not show server groups until 2.49. */
function view(name: 'quota_set' | 'quota_class_set', id: string | null, limits: LimitsData, version: number): unknown {
  const shown = name === 'quota_class_set' ? versionOfClass(version) : version;
  const { quota_set: set } = quotaSetView(id ?? '', limits, shown, false);
  const { id: _id, ...amounts } = set;
  const hidden = name === 'quota_class_set' && version < 50 ? ['server_groups', 'server_group_members'] : [];
  const entries = Object.entries(amounts).filter(([key]) => !hidden.includes(key));
  return { [name]: { ...(id === null ? {} : { id }), ...Object.fromEntries(entries) } };
}

/** Integers from -1 on, as numbers or as text, for the quotas that the microversion has. */
function limitsOf(given: Readonly<Record<string, unknown>>, version: number, field: string): Record<string, number> {
  const known = quotaNames(version);
  const limits: Record<string, number> = {};
  for (const [name, value] of Object.entries(given)) {
    if (!known.includes(name)) {
      const shown = name.slice(0, 255);
      const reason = `Additional properties are not allowed ('${shown}' was unexpected)`;
      throw new InvalidBody({ field, value: given, reason });
    }
    const number = typeof value === 'string' && /^-?\d{1,10}$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number) || number < -1 || number > MAX_LIMIT) {
      throw new InvalidBody({ field: name, value, reason: 'the value is not a whole number from -1 to 2147483647' });
    }
    limits[name] = number;
  }
  return limits;
}

function isForced(value: unknown): boolean {
  if (value === undefined || typeof value === 'boolean') return value ?? false;
  const read = typeof value === 'string' ? booleanOf(value) : undefined;
  if (read === undefined) throw new InvalidBody({ field: 'force', value, reason: 'the value is not a boolean' });
  return read;
}
