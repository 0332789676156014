import { Controller, Get, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AnyToken, Open } from '../../edge/access/access.decorators.js';
import { baseUrl } from '../../edge/links.js';
import { resourcesView, versionsView } from './versions.view.js';

/** Discovery: `GET /` without a token, `GET /v2.0/` with one. */
@Controller()
export class VersionsController {
  @Get('/')
  @Open()
  versions(@Req() request: FastifyRequest): object {
    return versionsView(baseUrl(request));
  }

  @Get('v2.0')
  @AnyToken()
  resources(@Req() request: FastifyRequest): object {
    return resourcesView(baseUrl(request));
  }
}
