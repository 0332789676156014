import { Controller, Get, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AnyToken, Open } from '../../edge/access/access.decorators.js';
import { baseUrl } from '../../edge/links.js';
import { declarationsOf, networkResources } from '#libs/contracts';

/** `GET /`: the only version of the API. `base` is scheme, host and prefix as the client sees them. */
export function versionsView(base: string): object {
  return {
    versions: [{ id: 'v2.0', status: 'CURRENT', links: [{ rel: 'self', href: `${base}/v2.0/` }] }],
  };
}

/** The resources at the root, by their names and paths. */
const RESOURCES: readonly (readonly [name: string, path: string])[] = [
  ...declarationsOf(networkResources)
    .filter(({ parent }) => parent === undefined)
    .map(({ singular, path }) => [singular, path] as const),
  ['extension', 'extensions'],
];

/** `GET /v2.0/`: the resources of the API. */
function resourcesView(base: string): object {
  return {
    resources: RESOURCES.map(([name, collection]) => ({
      name,
      collection,
      links: [{ rel: 'self', href: `${base}/v2.0/${collection}` }],
    })),
  };
}

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
