import type { FlavorData } from '#libs/contracts';
import type { ResourceLinks } from '../resource-links.js';

export interface FlavorViewContext {
  readonly version: number;
  readonly links: ResourceLinks;
  /** `os_compute_api:os-flavor-extra-specs:index`; shown from 2.61 on. */
  readonly showExtraSpecs: boolean;
}

/** A flavor in a list without details. */
export function flavorSummary(flavor: FlavorData, view: FlavorViewContext): Record<string, unknown> {
  const body: Record<string, unknown> = {
    id: flavor.id,
    name: flavor.name,
    links: view.links.both(`flavors/${flavor.id}`),
  };
  if (view.version >= 55) body['description'] = flavor.description;
  return body;
}

/** nova's view of a flavor. Until 2.74 no swap is an empty text. */
export function flavorDetail(flavor: FlavorData, view: FlavorViewContext): Record<string, unknown> {
  const noSwap = view.version >= 75 ? 0 : '';
  const body: Record<string, unknown> = {
    id: flavor.id,
    name: flavor.name,
    ram: flavor.ram,
    disk: flavor.disk,
    swap: flavor.swap === 0 ? noSwap : flavor.swap,
    'OS-FLV-EXT-DATA:ephemeral': flavor.ephemeral,
    'OS-FLV-DISABLED:disabled': flavor.disabled,
    vcpus: flavor.vcpus,
    'os-flavor-access:is_public': flavor.is_public,
    rxtx_factor: flavor.rxtx_factor,
    links: view.links.both(`flavors/${flavor.id}`),
  };
  if (view.version >= 55) body['description'] = flavor.description;
  if (view.version >= 61 && view.showExtraSpecs) body['extra_specs'] = flavor.extra_specs;
  return body;
}
