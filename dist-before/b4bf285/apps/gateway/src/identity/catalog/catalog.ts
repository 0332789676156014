import type { ApiName, CatalogService, CatalogUrls } from '../../edge/settings.js';
import { stableId } from './stable-id.js';

const INTERFACES = ['public', 'internal', 'admin'] as const;
type Interface = (typeof INTERFACES)[number];

export interface CatalogEndpoint {
  readonly id: string;
  readonly interface: Interface;
  readonly region: string;
  readonly url: string;
}

export interface CatalogEntry {
  readonly id: string;
  readonly type: CatalogService;
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

interface Service {
  readonly type: CatalogService;
  readonly name: string;
  readonly api: ApiName;
  readonly path: string;
}

/** Names are the ones that scripts written for OpenStack look for; neutron's URL has no `/v2.0`, clients add it. */
const SERVICES: readonly Service[] = [
  { type: 'identity', name: 'keystone', api: 'identity', path: '/v3' },
  { type: 'compute', name: 'nova', api: 'osapi_compute', path: '/v2.1' },
  { type: 'image', name: 'glance', api: 'image', path: '' },
  { type: 'network', name: 'neutron', api: 'network', path: '' },
];

/** The services and their endpoints. An internal or admin URL that is not set is the public one. */
export function buildCatalog(settings: CatalogSettings, origin: Origin): readonly CatalogEntry[] {
  return SERVICES.map((service) => {
    const urls = settings.catalog[service.type];
    const derived = `${origin.scheme}://${hostName(origin.host)}:${settings.ports[service.api]}${service.path}`;
    const open = urls.public ?? derived;
    const url: Readonly<Record<Interface, string>> = {
      public: open,
      internal: urls.internal ?? open,
      admin: urls.admin ?? open,
    };
    return {
      id: stableId('service', service.type),
      type: service.type,
      name: service.name,
      endpoints: INTERFACES.map((face) => ({
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
