import { Controller, Delete, Get, HttpCode, Param, Put, Req } from '@nestjs/common';
import { IsBoolean, IsIn, IsString, isUUID, MaxLength, MinLength } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import type { ServiceData, ServiceUpdateArgs } from '#libs/contracts';
import { BooleanText, InVersions, IsHostname, Optional, Service, declarationOf } from '#libs/contracts';
import { Authorize } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { lastOf, queryOf } from '../../edge/query/query.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { validateBody } from '../../edge/validation/valid-body.decorator.js';
import { ResourceReader } from '../resource/resource-reader.js';
import { Version, versionOf } from '../versions/microversion.js';
import { serviceView, shownBinary, storedBinary, zonesView } from './services.view.js';

/** `PUT /os-services/{enable, disable, disable-log-reason, force-down}`, until 2.52. */
export class ServiceSwitchBody {
  @IsString() @MinLength(1) @MaxLength(255) @IsHostname() host!: string;
  @IsString() @MinLength(1) @MaxLength(255) binary!: string;
  @Optional() @IsString() @MinLength(1) @MaxLength(255) disabled_reason?: string;
  @InVersions(11) @BooleanText() @Optional() @IsBoolean() forced_down?: boolean;
}

/** `PUT /os-services/{id}`, from 2.53 on. */
export class ServiceUpdateBody {
  @Optional() @IsIn(['enabled', 'disabled']) status?: 'enabled' | 'disabled';
  @Optional() @IsString() @MinLength(1) @MaxLength(255) disabled_reason?: string;
  @BooleanText() @Optional() @IsBoolean() forced_down?: boolean;
}

type Change = Pick<ServiceUpdateArgs, 'status' | 'disabled_reason' | 'forced_down'>;

const bad = (text: string): Fault => new Fault(400, text, { code: 'InvalidInput' });

/** The change made by a path's last part until 2.52; `disable-log-reason` requires a reason. */
const SWITCHES: Readonly<Record<string, (body: ServiceSwitchBody) => Change>> = {
  enable: () => ({ status: 'enabled' }),
  disable: () => ({ status: 'disabled' }),
  'disable-log-reason': ({ disabled_reason: reason }) => {
    if (reason === undefined) throw bad('Missing disabled reason field');
    return { status: 'disabled', disabled_reason: reason };
  },
  'force-down': ({ forced_down: forcedDown }) => {
    if (forcedDown === undefined) throw bad('Missing forced_down field');
    return { forced_down: forcedDown };
  },
};

/** `/os-services`. A change disables a compute host for new servers, enables it, or forces it down. */
@Controller('v2.1/os-services')
export class ServicesController {
  constructor(
    private readonly conductor: ConductorClient,
    private readonly reader: ResourceReader,
  ) {}

  @Get()
  @Authorize('os_compute_api:os-services:list')
  async list(@Req() request: FastifyRequest): Promise<unknown> {
    const query = queryOf(request);
    const host = lastOf(query, 'host');
    const binary = lastOf(query, 'binary');
    const filters = {
      ...(host ? { host: [host] } : {}),
      ...(binary ? { binary: [storedBinary(binary)] } : {}),
    };
    const { objects } = await this.reader.list(request, Service, { filters });
    return { services: objects.map((service) => serviceView(service, versionOf(request))) };
  }

  @Put(':id')
  @Authorize('os_compute_api:os-services:update')
  async update(@Req() request: FastifyRequest, @Version() version: number, @Param('id') id: string): Promise<unknown> {
    if (version < 53) return { service: await this.#switch(request, id, version) };
    requireUuid(id);
    const body = validateBody(ServiceUpdateBody, request.body, version);
    const { status, disabled_reason: reason, forced_down: forcedDown } = body;
    const service = await this.#named(request, id, version);
    requireCompute(shownBinary(service.binary));
    if (status === 'enabled' && reason !== undefined) {
      throw bad("Specifying 'disabled_reason' with status 'enabled' is invalid.");
    }
    if (status === undefined && forcedDown === undefined) {
      throw bad("No updates were requested. Fields 'status' or 'forced_down' should be specified.");
    }
    const changes = {
      ...(status === undefined ? {} : { status, ...(reason === undefined ? {} : { disabled_reason: reason }) }),
      ...(forcedDown === undefined ? {} : { forced_down: forcedDown }),
    };
    return { service: serviceView(await this.#change(request, { id: service.id, ...changes }), version) };
  }

  @Delete(':id')
  @Authorize('os_compute_api:os-services:delete')
  @HttpCode(204)
  async remove(@Req() request: FastifyRequest, @Version() version: number, @Param('id') id: string): Promise<void> {
    if (version >= 53) requireUuid(id);
    else if (!/^-?\d+$/.test(id)) throw bad('id must be an integer');
    const service = await this.#named(request, id, version);
    await this.conductor.call(request, 'service_delete', { id: service.id });
  }

  async #switch(request: FastifyRequest, action: string, version: number): Promise<Record<string, unknown>> {
    const known = Object.hasOwn(SWITCHES, action) && (action !== 'force-down' || version >= 11);
    const body = validateBody(ServiceSwitchBody, request.body, version);
    const read = known ? SWITCHES[action] : undefined;
    if (read === undefined) throw new Fault(404, 'Unknown action', { code: 'NotFound' });
    const changes = read(body);
    const { host, binary } = body;
    requireCompute(binary);
    await this.#change(request, { host, binary: storedBinary(binary), ...changes });
    return { host, binary, ...changes };
  }

  /** The service by its UUID, until 2.52 by its number. */
  #named(request: FastifyRequest, id: string, version: number): Promise<ServiceData> {
    const filters = version >= 53 ? { id: [id] } : { number: [id] };
    return this.reader.one(request, Service, id, { filters }, { elevated: true });
  }

  async #change(request: FastifyRequest, args: ServiceUpdateArgs): Promise<ServiceData> {
    return declarationOf(Service).object.unwrap(await this.conductor.call(request, 'service_update', args));
  }
}

/** `/os-availability-zone`, from the services that report. */
@Controller('v2.1/os-availability-zone')
export class AvailabilityZonesController {
  constructor(private readonly reader: ResourceReader) {}

  @Get()
  @Authorize('os_compute_api:os-availability-zone:list')
  async zones(@Req() request: FastifyRequest): Promise<unknown> {
    return zonesView(await this.#all(request), false);
  }

  @Get('detail')
  @Authorize('os_compute_api:os-availability-zone:detail')
  async zonesDetailed(@Req() request: FastifyRequest): Promise<unknown> {
    return zonesView(await this.#all(request), true);
  }

  async #all(request: FastifyRequest): Promise<readonly ServiceData[]> {
    return (await this.reader.list(request, Service, {}, { elevated: true })).objects;
  }
}

function requireUuid(id: string): void {
  if (!isUUID(id, 'loose')) throw bad(`Invalid uuid ${id}`);
}

function requireCompute(binary: string): void {
  if (binary === 'nova-compute') return;
  throw bad(`Updating a ${binary} service is not supported. Only nova-compute services can be updated.`);
}
