import { Controller, Delete, Get, HttpCode, Param, Post, Put, Req } from '@nestjs/common';
import { IsObject, IsString, MaxLength, MinLength, ValidateNested } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { Flavor, FlavorAccess, declarationOf, rule } from '#libs/contracts';
import type { FlavorData, FlavorUpdateArgs } from '#libs/contracts';
import { Nested } from '#libs/messaging';
import { Authorize, AuthorizeObject } from '../../edge/access/access.decorators.js';
import { hasExactIntegers } from '../../edge/body-parser.js';
import { Edge } from '../../edge/edge.js';
import { Fault } from '../../edge/errors/fault.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { ValidBody, validateBody } from '../../edge/validation/valid-body.decorator.js';
import { noSuchAction, theOneEntry } from '../servers/server-actions.controller.js';
import { checkItemOfPath } from '../servers/server-metadata.controller.js';
import { Microversions } from '../versions/microversion.hooks.js';
import { checkExtraSpec } from './extra-specs/check-extra-spec.js';
import { UpdateBody } from '../resource/resource-body.js';
import { FlavorViews, flavorDetail } from './flavor-views.js';
import { versionOf } from '../versions/microversion.js';

/** N of the first microversion 2.N that checks nova's known extra specs. */
const CHECKED_SINCE = 86;
const SPEC_NAME = /^[a-zA-Z0-9-_:. ]{1,255}$/;

export const EXTRA_SPECS = {
  type: 'object',
  propertyNames: { pattern: SPEC_NAME.source },
  additionalProperties: { type: ['string', 'number'], maxLength: 255 },
} as const;

/** Names and values of extra specs; a value may be a number, which is stored as text. */
const IsExtraSpecs = (): PropertyDecorator =>
  rule(
    'isExtraSpecs',
    (value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value) && Object.entries(value).every(isSpec),
    'extra specs: keys have 1 to 255 letters, digits or any of "-_:. ", values are texts or exact numbers of at most 255 characters',
    { schema: EXTRA_SPECS },
  );

function isSpec([key, value]: [string, unknown]): boolean {
  const isText = typeof value === 'string' || typeof value === 'number';
  return SPEC_NAME.test(key) && isText && String(value).length <= 255 && hasExactIntegers(value);
}

class ExtraSpecsBody {
  @IsExtraSpecs() extra_specs!: Record<string, string | number>;
}

export class TenantAccess {
  @IsString() @MinLength(1) @MaxLength(255) tenant!: string;
}

class AddAccessBody {
  @IsObject() @ValidateNested() @Nested(() => TenantAccess) addTenantAccess!: TenantAccess;
}

class RemoveAccessBody {
  @IsObject() @ValidateNested() @Nested(() => TenantAccess) removeTenantAccess!: TenantAccess;
}

/** The parts of a flavor that can be changed: its description, its extra specs, and the access to a private one. */
@Controller('v2.1/flavors/:id')
export class FlavorPartsController {
  constructor(
    private readonly edge: Edge,
    private readonly conductor: ConductorClient,
    private readonly views: FlavorViews,
  ) {}

  @Put()
  @Microversions(55)
  @Authorize('os_compute_api:os-flavor-manage:update')
  async update(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @UpdateBody(Flavor) { description }: Pick<FlavorData, 'description'>,
  ): Promise<unknown> {
    const changed = await this.#change(request, { id, description });
    return { flavor: flavorDetail(changed, this.views.of(request)) };
  }

  @Post('os-extra_specs')
  @Authorize('os_compute_api:os-flavor-extra-specs:create')
  @HttpCode(200)
  async addSpecs(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @ValidBody(ExtraSpecsBody) { extra_specs: specs }: ExtraSpecsBody,
  ): Promise<unknown> {
    await this.#setSpecs(request, id, specs);
    return { extra_specs: specs };
  }

  @Put('os-extra_specs/:key')
  @Authorize('os_compute_api:os-flavor-extra-specs:update')
  async setSpec(@Req() request: FastifyRequest, @Param('id') id: string, @Param('key') key: string): Promise<unknown> {
    const { extra_specs: specs } = validateBody(ExtraSpecsBody, { extra_specs: request.body });
    checkItemOfPath(specs, key);
    await this.#setSpecs(request, id, specs);
    return specs;
  }

  @Delete('os-extra_specs/:key')
  @Authorize('os_compute_api:os-flavor-extra-specs:delete')
  @HttpCode(200)
  async removeSpec(@Req() request: FastifyRequest, @Param('id') id: string, @Param('key') key: string): Promise<void> {
    await this.#change(request, { id, delete_spec: key });
  }

  @Get('os-flavor-access')
  @Authorize('os_compute_api:os-flavor-access')
  async access(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    const found = FlavorAccess.unwrap(await this.conductor.call(request, 'flavor_access', { id }));
    if (found.is_public) throw new Fault(404, 'Access list not available for public flavors.', { code: 'NotFound' });
    return { flavor_access: found.projects.map((tenant) => ({ flavor_id: id, tenant_id: tenant })) };
  }

  @Post('action')
  @AuthorizeObject([
    'os_compute_api:os-flavor-access:add_tenant_access',
    'os_compute_api:os-flavor-access:remove_tenant_access',
  ])
  @HttpCode(200)
  async act(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    const { body, edge } = request;
    const version = edge.microversion ?? 1;
    const [name] = theOneEntry(body);
    if (name === 'addTenantAccess') {
      this.edge.policy.authorize(request, 'os_compute_api:os-flavor-access:add_tenant_access');
      const { addTenantAccess: asked } = validateBody(AddAccessBody, body, version, edge);
      await this.#change(request, { id, add_project: asked.tenant, strict: version >= 7 });
    } else if (name === 'removeTenantAccess') {
      this.edge.policy.authorize(request, 'os_compute_api:os-flavor-access:remove_tenant_access');
      const { removeTenantAccess: asked } = validateBody(RemoveAccessBody, body, version, edge);
      await this.#change(request, { id, remove_project: asked.tenant });
    } else {
      throw noSuchAction(name);
    }
    const { projects } = FlavorAccess.unwrap(
      await this.conductor.call(request, 'flavor_access', { id }, { elevated: true }),
    );
    return { flavor_access: projects.map((tenant) => ({ flavor_id: id, tenant_id: tenant })) };
  }

  async #setSpecs(
    request: FastifyRequest,
    id: string,
    specs: Readonly<Record<string, string | number>>,
  ): Promise<void> {
    const texts = asTexts(specs);
    if (versionOf(request) >= CHECKED_SINCE) {
      for (const [name, value] of Object.entries(texts)) checkExtraSpec(name, value);
    }
    await this.#change(request, { id, set_specs: texts });
  }

  async #change(request: FastifyRequest, args: FlavorUpdateArgs): Promise<FlavorData> {
    return declarationOf(Flavor).object.unwrap(await this.conductor.call(request, 'flavor_update', args));
  }
}

function asTexts(specs: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(specs).map(([key, value]) => [key, String(value)]));
}
