import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Open } from '../../edge/access/access.decorators.js';
import { baseUrl } from '../../edge/links.js';

/** The document of Identity v3. `base` is scheme, host and prefix as the client sees them. */
function versionView(base: string): object {
  return {
    id: 'v3.14',
    status: 'stable',
    updated: '2020-04-07T00:00:00Z',
    links: [{ rel: 'self', href: `${base}/v3/` }],
    'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
  };
}

/** Discovery, without a token. */
@Controller()
export class VersionsController {
  /** 300 Multiple Choices with the one choice, as keystone answers. */
  @Get('/')
  @Open()
  choices(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): object {
    const base = baseUrl(request);
    reply.code(300).header('location', `${base}/v3/`);
    return { versions: { values: [versionView(base)] } };
  }

  @Get('v3')
  @Open()
  version(@Req() request: FastifyRequest): object {
    return { version: versionView(baseUrl(request)) };
  }
}
