import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CLOUD_SERVICES, Catalog } from '#libs/contracts';
import type { CatalogData, ServiceProviderEntry } from '#libs/contracts';
import { createContext, getLogger } from '#libs/telemetry';
import { ApiListenOptions, CatalogOptions } from '#libs/options';
import { IdentityClient } from '../../edge/rpc/clients.js';
import type { TokenClaims } from '../../edge/tokens/token-claims.js';
import { buildCatalog } from './catalog.js';
import type { CatalogEntry } from './catalog.js';

const log = getLogger('albireo.gateway.catalog');

/** A change made through another gateway is noticed after this time at the latest. */
const KEPT_MS = 5_000;
const TIMEOUT_MS = 5_000;

/** The worker's catalog, cached for a short time; URLs that it does not contain come from the configuration. */
@Injectable()
export class CatalogReader {
  #known: CatalogData | undefined;
  #goodUntilMs = 0;
  #reading: Promise<void> | undefined;

  constructor(
    @Inject(IdentityClient) private readonly identity: IdentityClient,
    @Inject(CatalogOptions) private readonly options: CatalogOptions,
    @Inject(ApiListenOptions) private readonly ports: ApiListenOptions,
  ) {}

  /** Call it after a change through this process. */
  forget(): void {
    this.#goodUntilMs = 0;
  }

  /** The catalog for the holder of a token. Without a worker: the last one, or the one from the configuration. */
  async read(request: FastifyRequest, claims: TokenClaims | undefined): Promise<readonly CatalogEntry[]> {
    const own = buildCatalog(this.options, this.ports, request.edge);
    await this.#refresh();
    return this.#known === undefined ? own : filled(this.#known, own, claims);
  }

  /** Other clouds that trust this one; none before the first answer of a worker. */
  async serviceProviders(): Promise<readonly ServiceProviderEntry[]> {
    await this.#refresh();
    return this.#known?.service_providers ?? [];
  }

  /** An endpoint's row with its URL. */
  withUrl(request: FastifyRequest, row: object): object {
    if (Reflect.get(row, 'url') != null) return row;
    const own = buildCatalog(this.options, this.ports, request.edge);
    const entry = own.find(({ id }) => id === Reflect.get(row, 'service_id'));
    const endpoint = entry?.endpoints.find((one) => one.interface === Reflect.get(row, 'interface'));
    return { ...row, url: endpoint?.url ?? '' };
  }

  async #refresh(): Promise<void> {
    if (performance.now() < this.#goodUntilMs) return;
    this.#reading ??= this.#fetch().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  async #fetch(): Promise<void> {
    this.#goodUntilMs = performance.now() + KEPT_MS;
    try {
      this.#known = Catalog.unwrap(await this.identity.callAs(createContext(), 'catalog_get', null, TIMEOUT_MS));
    } catch (error) {
      log.debug('The catalog could not be read', { error: String(error) });
    }
  }
}

function filled(
  { services, endpoints, project_endpoints: bounded = {} }: CatalogData,
  own: readonly CatalogEntry[],
  claims: TokenClaims | undefined,
): readonly CatalogEntry[] {
  const order = (type: string): number => (CLOUD_SERVICES.findIndex((one) => one.type === type) + 5) % 5;
  const project = claims?.project?.id;
  const only = project !== undefined && Object.hasOwn(bounded, project) ? new Set(bounded[project]) : undefined;
  return services
    .map(({ id, type, name }) => {
      const configured = own.find((entry) => entry.id === id)?.endpoints ?? [];
      const found = endpoints.flatMap((endpoint) => {
        if (endpoint.service_id !== id || only?.has(endpoint.id) === false) return [];
        const face = endpoint.interface;
        const url = endpoint.url ?? configured.find((one) => one.interface === face)?.url;
        const shown = url === undefined ? undefined : substituted(url, claims);
        return shown === undefined
          ? []
          : [{ id: endpoint.id, interface: face, region: endpoint.region_id, url: shown }];
      });
      return { id, type, name, endpoints: found };
    })
    .toSorted((a, b) => order(a.type) - order(b.type));
}

/** keystone's `$(project_id)s`; undefined for a URL that needs a project which the token does not have. */
function substituted(url: string, claims: TokenClaims | undefined): string | undefined {
  if (!/[$%]\(/.test(url)) return url;
  const project = claims?.project?.id;
  const values: Readonly<Record<string, string | undefined>> = {
    project_id: project,
    tenant_id: project,
    user_id: claims?.user.id,
  };
  let isWhole = true;
  const text = url.replaceAll(/[$%]\((\w+)\)s/g, (_all, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    isWhole &&= value !== undefined;
    return value ?? '';
  });
  return isWhole ? text : undefined;
}
