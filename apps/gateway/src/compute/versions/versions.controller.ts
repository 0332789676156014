import { Controller, Get, Inject, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ApiOptions } from '#libs/options';
import { linkBase } from '../../edge/links.js';
import type { RequestState } from '../../edge/request-state.js';
import { MAX_MICROVERSION, MIN_MICROVERSION } from './microversion.js';
import { AnyToken, Open } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';

type EdgeRequest = { readonly edge: RequestState };

const MEDIA_TYPES = [{ base: 'application/json', type: 'application/vnd.openstack.compute+json;version=2.1' }];

/** The version 2.1 as in the list of versions. */
function versionSummary(request: EdgeRequest, prefix: string | undefined): Record<string, unknown> {
  return {
    id: 'v2.1',
    status: 'CURRENT',
    version: `2.${MAX_MICROVERSION}`,
    min_version: `2.${MIN_MICROVERSION}`,
    updated: '2013-07-23T11:33:21Z',
    links: [{ rel: 'self', href: `${linkBase(request, prefix)}/v2.1/` }],
  };
}

/** The second entry: the same API without microversions, for the oldest clients. */
function legacySummary(request: EdgeRequest, prefix: string | undefined): Record<string, unknown> {
  return {
    id: 'v2.0',
    status: 'DEPRECATED',
    version: '',
    min_version: '',
    updated: '2025-07-04T12:00:00Z',
    links: [{ rel: 'self', href: `${linkBase(request, prefix)}/v2/` }],
  };
}

const DESCRIBED_BY = { rel: 'describedby', type: 'text/html', href: 'http://docs.openstack.org/' };
const LEGACY_MEDIA_TYPES = [{ base: 'application/json', type: 'application/vnd.openstack.compute+json;version=2' }];

/** The legacy version as a single document. */
function legacyDetail(request: EdgeRequest, prefix: string | undefined): Record<string, unknown> {
  const links = [{ rel: 'self', href: `${linkBase(request, prefix)}/v2/` }, DESCRIBED_BY];
  return { ...legacySummary(request, prefix), links, 'media-types': LEGACY_MEDIA_TYPES };
}

/** The version 2.1 as a single document. */
function versionDetail(request: EdgeRequest, prefix: string | undefined): Record<string, unknown> {
  const summary = versionSummary(request, prefix);
  return {
    ...summary,
    links: [{ rel: 'self', href: `${linkBase(request, prefix)}/v2.1/` }, DESCRIBED_BY],
    'media-types': MEDIA_TYPES,
  };
}

/** The response (300) to a path outside of any version: the same path below each version. */
export function versionChoices(request: EdgeRequest, prefix: string | undefined, path: string): unknown {
  return {
    choices: [
      {
        id: 'v2.0',
        status: 'DEPRECATED',
        links: [{ rel: 'self', href: `${linkBase(request, prefix)}/v2${path}` }],
        'media-types': LEGACY_MEDIA_TYPES,
      },
      {
        id: 'v2.1',
        status: 'CURRENT',
        links: [{ rel: 'self', href: `${linkBase(request, prefix)}/v2.1${path}` }],
        'media-types': MEDIA_TYPES,
      },
    ],
  };
}

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

  /**
   * Either document by its id, with a token (nova.api.openstack.compute.versionsV21); below `/v2` its own document for
   * any id.
   */
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
