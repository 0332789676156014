import { linkBase } from '../../edge/links.js';
import type { RequestState } from '../../edge/request-state.js';
import { MAX_MICROVERSION, MIN_MICROVERSION } from './microversion.js';

type EdgeRequest = { readonly edge: RequestState };

const MEDIA_TYPES = [{ base: 'application/json', type: 'application/vnd.openstack.compute+json;version=2.1' }];

/** The version 2.1 as in the list of versions. */
export function versionSummary(request: EdgeRequest, prefix: string | undefined): Record<string, unknown> {
  return {
    id: 'v2.1',
    status: 'CURRENT',
    version: `2.${MAX_MICROVERSION}`,
    min_version: `2.${MIN_MICROVERSION}`,
    updated: '2013-07-23T11:33:21Z',
    links: [{ rel: 'self', href: `${linkBase(request, prefix)}/v2.1/` }],
  };
}

/** The version 2.1 as its own document. */
export function versionDetail(request: EdgeRequest, prefix: string | undefined): Record<string, unknown> {
  const summary = versionSummary(request, prefix);
  return {
    ...summary,
    links: [
      { rel: 'self', href: `${linkBase(request, prefix)}/v2.1/` },
      { rel: 'describedby', type: 'text/html', href: 'http://docs.openstack.org/' },
    ],
    'media-types': MEDIA_TYPES,
  };
}

/** What is answered (300) to a path outside of any version: the same path below each version. */
export function versionChoices(request: EdgeRequest, prefix: string | undefined, path: string): unknown {
  return {
    choices: [
      {
        id: 'v2.1',
        status: 'CURRENT',
        links: [{ rel: 'self', href: `${linkBase(request, prefix)}/v2.1${path}` }],
        'media-types': MEDIA_TYPES,
      },
    ],
  };
}
