import { Controller, Get, Inject, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ApiOptions } from '#libs/options';
import { AnyToken, Open } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { legacyDetail, legacySummary, versionDetail, versionSummary } from './version.view.js';

/** The version documents; those at the roots need no token. */
@Controller()
export class VersionsController {
  constructor(@Inject(ApiOptions) private readonly api: ApiOptions) {}

  @Get('/')
  @Open()
  list(@Req() request: FastifyRequest): unknown {
    const { computeLinkPrefix: prefix } = this.api;
    return { versions: [legacySummary(request, prefix), versionSummary(request, prefix)] };
  }

  @Get('/v2.1')
  @Open()
  show(@Req() request: FastifyRequest): unknown {
    const { computeLinkPrefix: prefix } = this.api;
    return { version: request.edge.legacy ? legacyDetail(request, prefix) : versionDetail(request, prefix) };
  }

  /** Either document by its id, with a token (nova.api.openstack.compute.versionsV21); below `/v2` its own whatever is asked. */
  @Get('/v2.1/versions/:id')
  @AnyToken()
  showOne(@Req() request: FastifyRequest, @Param('id') id: string): unknown {
    const { computeLinkPrefix: prefix } = this.api;
    const asked = request.edge.legacy ? 'v2.0' : id;
    if (asked === 'v2.0') return { version: legacyDetail(request, prefix) };
    if (asked === 'v2.1') return { version: versionDetail(request, prefix) };
    throw new Fault(404, 'The resource could not be found.', { code: 'NotFound' });
  }
}
