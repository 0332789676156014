import { Controller, Delete, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { SecurityGroupRule, declarationOf } from '#libs/contracts';
import { Authorize } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { ResourceClient } from '../../network/resource/resource-client.js';
import { Microversions } from '../versions/microversion.hooks.js';
import { LAST_PROXY, proxied, requireUuid } from './proxied.js';
import { SecurityGroupProxy } from './security-group-proxy.js';
import { readRule } from './security-group-rule.body.js';
import { groupRuleView } from './security-group.view.js';

const declaration = declarationOf(SecurityGroupRule);

/** `/os-security-group-rules` below 2.36: nova's proxy of the Network API's rules of ingress. */
@Controller('v2.1/os-security-group-rules')
export class SecurityGroupRulesController {
  constructor(
    @Inject(ResourceClient) private readonly client: ResourceClient,
    @Inject(SecurityGroupProxy) private readonly proxy: SecurityGroupProxy,
  ) {}

  @Post()
  @HttpCode(200)
  @Microversions(1, LAST_PROXY)
  @Authorize('os_compute_api:os-security-groups:rule:create')
  async create(@Req() request: FastifyRequest): Promise<unknown> {
    const input = readRule(request.body);
    const group = await this.proxy.get(request, input.security_group_id);
    const { remote_group_id: remote } = input;
    const sources = new Map([[group.id, group]]);
    if (typeof remote === 'string') sources.set(remote, await this.proxy.get(request, remote));
    const { objects } = await proxied({ 409: 403 }, async () => {
      try {
        return await this.client.create(request, declaration, [input]);
      } catch (error) {
        if (!(error instanceof Fault) || error.code !== 'SecurityGroupRuleExists') throw error;
        const text = `This rule already exists in group ${group.id}`;
        throw new Fault(400, text, { code: 'Invalid', cause: error });
      }
    });
    const [rule] = objects;
    return { security_group_rule: rule === undefined ? {} : groupRuleView(rule, sources) };
  }

  @Delete(':id')
  @HttpCode(202)
  @Microversions(1, LAST_PROXY)
  @Authorize('os_compute_api:os-security-groups:rule:delete')
  async remove(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    await this.client.delete(request, declaration, { id: requireUuid(id) });
  }
}
