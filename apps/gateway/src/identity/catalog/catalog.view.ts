import type { CatalogEntry } from './catalog.js';

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
