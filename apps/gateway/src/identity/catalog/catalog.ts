import type { ApiListenOptions, CatalogOptions } from '#libs/options';
import { CATALOG_INTERFACES, CLOUD_SERVICES, stableId } from '#libs/contracts';

/** The catalog as a token and `/v3/auth/catalog` show it. */
export function catalogView(catalog: readonly CatalogEntry[]): readonly object[] {
  return catalog.map((entry) => ({
    endpoints: entry.endpoints.map((endpoint) => ({
      id: endpoint.id,
      interface: endpoint.interface,
      region_id: endpoint.region,
      url: endpoint.url,
      region: endpoint.region,
    })),
    id: entry.id,
    type: entry.type,
    name: entry.name,
  }));
}

interface CatalogEndpoint {
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

/** The address at which the client reached this API: unset URLs are derived from it. */
interface Origin {
  readonly scheme: string;
  /** Host header's form: with port, IPv6 in brackets. */
  readonly host: string;
}

interface Place {
  readonly port: number;
  readonly path: string;
  readonly public: string | undefined;
  readonly internal: string | undefined;
  readonly admin: string | undefined;
}

type ServiceType = (typeof CLOUD_SERVICES)[number]['type'];

/** The URL of each service; neutron's has no `/v2.0`, since clients add it. */
function placesOf(options: CatalogOptions, ports: ApiListenOptions): Readonly<Record<ServiceType, Place>> {
  return {
    identity: {
      port: ports.identityListenPort,
      path: '/v3',
      public: options.identityPublicUrl,
      internal: options.identityInternalUrl,
      admin: options.identityAdminUrl,
    },
    compute: {
      port: ports.osapiComputeListenPort,
      path: '/v2.1',
      public: options.computePublicUrl,
      internal: options.computeInternalUrl,
      admin: options.computeAdminUrl,
    },
    image: {
      port: ports.imageListenPort,
      path: '',
      public: options.imagePublicUrl,
      internal: options.imageInternalUrl,
      admin: options.imageAdminUrl,
    },
    network: {
      port: ports.networkListenPort,
      path: '',
      public: options.networkPublicUrl,
      internal: options.networkInternalUrl,
      admin: options.networkAdminUrl,
    },
  };
}

/** The cloud's own services from the configuration. An unset internal or admin URL is the public one. */
export function buildCatalog(
  options: CatalogOptions,
  ports: ApiListenOptions,
  origin: Origin,
): readonly CatalogEntry[] {
  const places = placesOf(options, ports);
  const { regionName: region } = options;
  return CLOUD_SERVICES.map((service) => {
    const place = places[service.type];
    const derived = `${origin.scheme}://${hostName(origin.host)}:${place.port}${place.path}`;
    const open = place.public ?? derived;
    const url = { public: open, internal: place.internal ?? open, admin: place.admin ?? open };
    return {
      id: stableId('service', service.type),
      type: service.type,
      name: service.name,
      endpoints: CATALOG_INTERFACES.map((face) => ({
        id: stableId('endpoint', service.type, face, region),
        interface: face,
        region,
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
