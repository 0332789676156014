import type { CatalogEndpoint, CatalogEntry } from './catalog.js';

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

export function serviceView(base: string, entry: CatalogEntry): object {
  return {
    id: entry.id,
    type: entry.type,
    name: entry.name,
    description: '',
    enabled: true,
    links: { self: `${base}/v3/services/${entry.id}` },
  };
}

export function endpointView(base: string, entry: CatalogEntry, endpoint: CatalogEndpoint): object {
  return {
    id: endpoint.id,
    interface: endpoint.interface,
    region: endpoint.region,
    region_id: endpoint.region,
    service_id: entry.id,
    url: endpoint.url,
    enabled: true,
    links: { self: `${base}/v3/endpoints/${endpoint.id}` },
  };
}

export function regionView(base: string, region: string): object {
  return {
    id: region,
    description: '',
    parent_region_id: null,
    links: { self: `${base}/v3/regions/${encodeURIComponent(region)}` },
  };
}
