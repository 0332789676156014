import { Controller, Get, HttpCode, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { baseUrl } from '../../edge/links.js';
import { versionsView } from './versions.view.js';

/** Discovery, without a token. Only the root answers 300; who asks for the versions by name gets 200. */
@Controller()
export class VersionsController {
  @Get('/')
  @HttpCode(300)
  choices(@Req() request: FastifyRequest): object {
    return versionsView(baseUrl(request));
  }

  @Get('versions')
  versions(@Req() request: FastifyRequest): object {
    return versionsView(baseUrl(request));
  }
}
