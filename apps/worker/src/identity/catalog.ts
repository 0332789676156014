import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { CATALOG_INTERFACES, CLOUD_SERVICES, stableId } from '#libs/contracts';
import type { CatalogData, ServiceProviderEntry } from '#libs/contracts';
import type { Queries, Transaction } from '../store/index.js';

/**
 * project_id, endpoint_id: the endpoints to which each project's catalog is limited, directly or by an endpoint group.
 */
export const FILTERED_ENDPOINTS = sql`(
  select f.project_id, f.endpoint_id from project_endpoints f
  union
  select f.project_id, e.id from project_endpoint_groups f
    join endpoint_groups g on g.id = f.endpoint_group_id
    join endpoints e on ${inGroup('e', 'g')})`;

/** A condition: an endpoint matches the filters of a group. */
export function inGroup(endpoint: string, group: string): RawBuilder<boolean> {
  const asked = (name: string): RawBuilder<unknown> => {
    const wanted = sql`${sql.ref(`${group}.filters`)} ->> ${sql.lit(name)}`;
    return sql`(${wanted} is null or ${wanted} = ${sql.ref(`${endpoint}.${name}`)})`;
  };
  return sql<boolean>`(${sql.join(['interface', 'service_id', 'region_id'].map(asked), sql` and `)})`;
}

/** The enabled part of the catalog. */
export async function currentCatalog(db: Queries): Promise<CatalogData> {
  const services = await sql<CatalogData['services'][number]>`
    select id, type, name from catalog_services where enabled order by type, name, id`.execute(db);
  const endpoints = await sql<CatalogData['endpoints'][number]>`
    select e.id, e.service_id, e.interface, e.region_id, e.url from endpoints e
      join catalog_services s on s.id = e.service_id
    where e.enabled and s.enabled
    order by e.service_id, array_position(array['public', 'internal', 'admin'], e.interface), e.id`.execute(db);
  const filtered = await sql<{ project_id: string; ids: string[] }>`
    select f.project_id, array_agg(f.endpoint_id order by f.endpoint_id) as ids from ${FILTERED_ENDPOINTS} f
    group by f.project_id order by f.project_id`.execute(db);
  const bounded = filtered.rows.map((row) => [row.project_id, row.ids] as const);
  const providers = await sql<ServiceProviderEntry>`
    select id, auth_url, sp_url from service_providers where enabled order by id`.execute(db);
  return {
    services: services.rows,
    endpoints: endpoints.rows,
    project_endpoints: Object.fromEntries(bounded),
    service_providers: providers.rows,
  };
}

/**
 * Puts the cloud's own services into the catalog, each once: changes and deletes by an administrator are kept. Their
 * endpoints have no URL, since the gateways know it; unchanged endpoints follow the region in the configuration.
 */
export async function seedCatalog(tx: Transaction, region: string): Promise<void> {
  const ids = CLOUD_SERVICES.map(({ type }) => stableId('service', type));
  const known = await sql<{ id: string }>`
    select id from catalog_seeds where id = any(${[region, ...ids]}::text[])`.execute(tx);
  const isKnown = new Set(known.rows.map(({ id }) => id));
  if (!isKnown.has(region)) await sql`insert into regions (id) values (${region}) on conflict do nothing`.execute(tx);
  for (const { type, name } of CLOUD_SERVICES) {
    const id = stableId('service', type);
    if (isKnown.has(id)) continue;
    await sql`insert into catalog_services (id, type, name) values (${id}, ${type}, ${name}) on conflict do nothing`.execute(
      tx,
    );
    for (const face of CATALOG_INTERFACES) {
      await sql`
        insert into endpoints (id, service_id, interface, region_id)
        values (${stableId('endpoint', type, face, region)}, ${id}, ${face}, ${region}) on conflict do nothing`.execute(
        tx,
      );
    }
  }
  await sql`
    insert into catalog_seeds (id) select id from unnest(${[region, ...ids]}::text[]) id on conflict do nothing`.execute(
    tx,
  );
  await sql`
    update endpoints set region_id = ${region}
    where url is null and region_id is distinct from ${region} and exists (select 1 from regions where id = ${region})`.execute(
    tx,
  );
}
