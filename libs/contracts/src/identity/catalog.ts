import { createHash } from 'node:crypto';
import { objectType } from '../objects/versioned-object.js';

/** The cloud's own services, in the order in which the catalog begins; scripts look for these names. */
export const CLOUD_SERVICES = [
  { type: 'identity', name: 'keystone' },
  { type: 'compute', name: 'nova' },
  { type: 'image', name: 'glance' },
  { type: 'network', name: 'neutron' },
] as const;

export const CATALOG_INTERFACES = ['public', 'internal', 'admin'] as const;

/** 32 hexadecimal digits that are always the same for the same parts: ids of objects from the configuration. */
export function stableId(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** The enabled services and endpoints. */
export interface CatalogData {
  readonly services: readonly { readonly id: string; readonly type: string; readonly name: string }[];
  readonly endpoints: readonly {
    readonly id: string;
    readonly service_id: string;
    readonly interface: string;
    readonly region_id: string | null;
    /** null: from the gateway's configuration. */
    readonly url: string | null;
  }[];
  /** By project, ids of the endpoints to which its catalog is limited; a project that is absent sees all. */
  readonly project_endpoints?: Readonly<Record<string, readonly string[]>>;
  /**
   * The enabled service providers, other clouds that trust this one; tokens list them next to the catalog. Since 1.1.
   */
  readonly service_providers?: readonly ServiceProviderEntry[];
}

export interface ServiceProviderEntry {
  readonly id: string;
  readonly auth_url: string;
  readonly sp_url: string;
}

export const Catalog = objectType<CatalogData>('Catalog', '1.1', [
  { version: '1.1', contract: '1.1', adds: ['project_endpoints', 'service_providers'] },
]);
