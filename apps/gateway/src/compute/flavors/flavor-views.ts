import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Flavor } from '#libs/contracts';
import type { FlavorData } from '#libs/contracts';
import { Edge } from '../../edge/edge.js';
import { Pages } from '../paging.js';
import type { ResourceLinks } from '../resource-links.js';
import { resourceView } from '../resource/resource-view.js';
import { versionOf } from '../versions/microversion.js';

/** How the flavors of one response are shown. */
export interface FlavorView {
  readonly version: number;
  readonly links: ResourceLinks;
  /** `os_compute_api:os-flavor-extra-specs:index`; shown from 2.61 on. */
  readonly showExtraSpecs: boolean;
}

/** Makes views of flavors for a request: checks the policy once for the fields that the caller may see. */
@Injectable()
export class FlavorViews {
  constructor(
    private readonly edge: Edge,
    private readonly pages: Pages,
  ) {}

  of(request: FastifyRequest): FlavorView {
    const version = versionOf(request);
    const { policy } = this.edge;
    return {
      version,
      links: this.pages.links(request),
      showExtraSpecs: version >= 61 && policy.allows(request, 'os_compute_api:os-flavor-extra-specs:index'),
    };
  }
}
/** A flavor in a list without details. */
export function flavorSummary(flavor: FlavorData, { version, links }: FlavorView): Record<string, unknown> {
  return resourceView(Flavor, flavor, { version, view: 'brief' }, { links: links.both(`flavors/${flavor.id}`) });
}

/** nova's view of a flavor. Until 2.74 no swap is an empty text. */
export function flavorDetail(flavor: FlavorData, context: FlavorView): Record<string, unknown> {
  const { version, links, showExtraSpecs } = context;
  const { extra_specs: _specs, ...others } = flavor;
  const shown = showExtraSpecs ? flavor : others;
  const view = resourceView(Flavor, shown, { version, view: 'detail' }, { links: links.both(`flavors/${flavor.id}`) });
  return flavor.swap === 0 && version < 75 ? { ...view, swap: '' } : view;
}
