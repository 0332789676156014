import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { baseUrl } from '../../edge/links.js';
import { versionView } from './versions.view.js';

/** Discovery, without a token. */
@Controller()
export class VersionsController {
  /** 300 Multiple Choices with the one choice, as keystone answers. */
  @Get('/')
  choices(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): object {
    const base = baseUrl(request);
    reply.code(300).header('location', `${base}/v3/`);
    return { versions: { values: [versionView(base)] } };
  }

  @Get('v3')
  version(@Req() request: FastifyRequest): object {
    return { version: versionView(baseUrl(request)) };
  }
}
