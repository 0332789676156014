import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Put, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DOMAIN_CONFIG_OPTIONS, isRecord } from '#libs/contracts';
import type { DomainConfigArgs, DomainConfigResult } from '#libs/contracts';
import { Authorize, AuthorizeObject } from '../../edge/access/access.decorators.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { objectId } from '../collection/collection.js';
import { badRequest, notFound } from '../errors/keystone-faults.js';

const PATHS = [':domain/config', ':domain/config/:group', ':domain/config/:group/:option'];

interface ConfigPath {
  readonly domain: string;
  readonly group?: string;
  readonly option?: string;
}

/** The options of keystone that domains override: stored and shown. */
@Controller('v3/domains')
export class DomainConfigController {
  constructor(@Inject(IdentityClient) private readonly identity: IdentityClient) {}

  @Get(['config/default', 'config/:group/default', 'config/:group/:option/default'])
  @Authorize('identity:get_domain_config_default')
  defaults(@Param() { group, option }: Partial<ConfigPath>): object {
    if (group === undefined) return { config: DOMAIN_CONFIG_OPTIONS };
    const options = Object.hasOwn(DOMAIN_CONFIG_OPTIONS, group) ? DOMAIN_CONFIG_OPTIONS[group] : undefined;
    if (options === undefined) throw notFound('group', group);
    if (option === undefined) return { config: { [group]: options } };
    if (!Object.hasOwn(options, option)) throw notFound('option', option);
    return { config: { [option]: options[option] } };
  }

  @Get(PATHS)
  @AuthorizeObject(['identity:get_domain_config', 'identity:get_security_compliance_domain_config'])
  async show(@Req() request: FastifyRequest, @Param() path: ConfigPath): Promise<object> {
    const { config } = await this.#run(request, path, 'get');
    const { group, option } = path;
    return { config: group === undefined || option === undefined ? config : config[group] };
  }

  @Put(':domain/config')
  @AuthorizeObject('identity:create_domain_config')
  async create(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param() path: ConfigPath,
    @Body() body: unknown,
  ): Promise<object> {
    const { config, is_new: isNew } = await this.#run(request, path, 'create', body);
    reply.code(isNew ? 201 : 200);
    return { config };
  }

  @Patch(PATHS)
  @AuthorizeObject('identity:update_domain_config')
  async update(@Req() request: FastifyRequest, @Param() path: ConfigPath, @Body() body: unknown): Promise<object> {
    const { config } = await this.#run(request, path, 'update', body);
    return { config };
  }

  @Delete(PATHS)
  @AuthorizeObject('identity:delete_domain_config')
  @HttpCode(204)
  async remove(@Req() request: FastifyRequest, @Param() path: ConfigPath): Promise<void> {
    await this.#run(request, path, 'delete');
  }

  #run(
    request: FastifyRequest,
    { domain, group, option }: ConfigPath,
    change: DomainConfigArgs['change'],
    body?: unknown,
  ): Promise<DomainConfigResult> {
    const config = isRecord(body) ? body['config'] : undefined;
    if (body !== undefined && !isRecord(config)) throw badRequest("'config' is a required property");
    return this.identity.call(request, 'domain_config', {
      domain_id: objectId('domain', domain),
      change,
      ...(group === undefined ? {} : { group: objectId('group', group) }),
      ...(option === undefined ? {} : { option: objectId('option', option) }),
      ...(isRecord(config) ? { config } : {}),
    });
  }
}
