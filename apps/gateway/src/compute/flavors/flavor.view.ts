import { Flavor } from '#libs/contracts';
import type { FlavorData } from '#libs/contracts';
import type { ResourceLinks } from '../resource-links.js';
import { resourceView } from '../resource/resource-view.js';

export interface FlavorViewContext {
  readonly version: number;
  readonly links: ResourceLinks;
  /** `os_compute_api:os-flavor-extra-specs:index`; shown from 2.61 on. */
  readonly showExtraSpecs: boolean;
}

/** A flavor in a list without details. */
export function flavorSummary(flavor: FlavorData, { version, links }: FlavorViewContext): Record<string, unknown> {
  return resourceView(Flavor, flavor, { version, view: 'brief' }, { links: links.both(`flavors/${flavor.id}`) });
}

/** nova's view of a flavor. Until 2.74 no swap is an empty text. */
export function flavorDetail(flavor: FlavorData, context: FlavorViewContext): Record<string, unknown> {
  const { version, links, showExtraSpecs } = context;
  const { extra_specs: _specs, ...others } = flavor;
  const shown = showExtraSpecs ? flavor : others;
  const view = resourceView(Flavor, shown, { version, view: 'detail' }, { links: links.both(`flavors/${flavor.id}`) });
  return flavor.swap === 0 && version < 75 ? { ...view, swap: '' } : view;
}
