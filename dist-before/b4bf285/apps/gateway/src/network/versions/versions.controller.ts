import { Controller, Get, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { baseUrl } from '../../edge/links.js';
import { resourcesView, versionsView } from './versions.view.js';

/** Discovery: `GET /` without a token, `GET /v2.0/` with one. */
@Controller()
export class VersionsController {
  @Get('/')
  versions(@Req() request: FastifyRequest): object {
    return versionsView(baseUrl(request));
  }

  @Get('v2.0')
  resources(@Req() request: FastifyRequest): object {
    return resourcesView(baseUrl(request));
  }
}
