import type { ApiName, CatalogService, CatalogUrls } from '../../edge/settings.js';
import { CATALOG_INTERFACES, CLOUD_SERVICES, stableId } from '#libs/contracts';

export interface CatalogEndpoint {
  readonly id: string;
  readonly interface: string;
  readonly region: string | null;
  readonly url: string;
}

export interface CatalogEntry {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly endpoints: readonly CatalogEndpoint[];
}

/** What the catalog is made of: `[catalog]`'s options and the ports of the APIs. */
export interface CatalogSettings {
  readonly region: string;
  readonly catalog: Readonly<Record<CatalogService, CatalogUrls>>;
  readonly ports: Readonly<Record<ApiName, number>>;
}

/** Where the client reached this API: what unset URLs are derived from. */
export interface Origin {
  readonly scheme: string;
  /** Host header's form: with port, IPv6 in brackets. */
  readonly host: string;
}

/** Where each service is; neutron's URL has no `/v2.0`, clients add it. */
const PLACES: Readonly<Record<CatalogService, { readonly api: ApiName; readonly path: string }>> = {
  identity: { api: 'identity', path: '/v3' },
  compute: { api: 'osapi_compute', path: '/v2.1' },
  image: { api: 'image', path: '' },
  network: { api: 'network', path: '' },
};

/** The cloud's own services as the configuration has them. An internal or admin URL that is not set is the public one. */
export function buildCatalog(settings: CatalogSettings, origin: Origin): readonly CatalogEntry[] {
  return CLOUD_SERVICES.map((service) => {
    const place = PLACES[service.type];
    const urls = settings.catalog[service.type];
    const derived = `${origin.scheme}://${hostName(origin.host)}:${settings.ports[place.api]}${place.path}`;
    const open = urls.public ?? derived;
    const url = {
      public: open,
      internal: urls.internal ?? open,
      admin: urls.admin ?? open,
    };
    return {
      id: stableId('service', service.type),
      type: service.type,
      name: service.name,
      endpoints: CATALOG_INTERFACES.map((face) => ({
        id: stableId('endpoint', service.type, face, settings.region),
        interface: face,
        region: settings.region,
        url: withoutSlash(url[face]),
      })),
    };
  });
}

/** The host of a Host header without its port; IPv6 keeps its brackets. */
export function hostName(host: string): string {
  const name = /^(\[[^\]]*\]|[^:]*)(:\d*)?$/.exec(host)?.[1];
  return name === undefined || name === '' ? 'localhost' : name;
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
