import { Controller, Get, HttpCode, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Open } from '../../edge/access/access.decorators.js';
import { baseUrl } from '../../edge/links.js';

/** v2.9 is the newest that needs neither uploads nor several stores; all versions are read only here. */
const VERSIONS = ['v2.9', 'v2.7', 'v2.6', 'v2.5', 'v2.4', 'v2.3', 'v2.2', 'v2.1', 'v2.0'];

/** glance's document. `base` is scheme, host and prefix as the client sees them. */
export function versionsView(base: string): object {
  return {
    versions: VERSIONS.map((id, index) => ({
      id,
      status: index === 0 ? 'CURRENT' : 'SUPPORTED',
      links: [{ rel: 'self', href: `${base}/v2/` }],
    })),
  };
}

/** Discovery, without a token. Only the root answers 300; a request for the versions by name gets 200. */
@Controller()
export class VersionsController {
  @Get('/')
  @Open()
  @HttpCode(300)
  choices(@Req() request: FastifyRequest): object {
    return versionsView(baseUrl(request));
  }

  @Get('versions')
  @Open()
  versions(@Req() request: FastifyRequest): object {
    return versionsView(baseUrl(request));
  }
}
