import { sql } from 'kysely';
import { CATALOG_INTERFACES } from '#libs/contracts';
import type { Store, Transaction } from '../store/index.js';
import { newIdentityId } from './changes/identity-changes.js';

/** The catalog options of `keystone-manage bootstrap`. */
export interface CatalogEntries {
  /** The name for the Identity service if it does not exist yet. */
  readonly serviceName: string;
  /** Created if it does not exist; undefined: endpoints of any region match, and new ones have no region. */
  readonly regionId?: string | undefined;
  /** URLs of the Identity API by interface; missing ones are left unchanged. */
  readonly urls: Readonly<Partial<Record<(typeof CATALOG_INTERFACES)[number], string>>>;
}

/**
 * Puts the region and the endpoints of the Identity API into the catalog, as keystone's bootstrap does: an existing
 * endpoint gets the URL, a missing one is created. Returns one line for each change; a repeated call changes nothing.
 */
export function bootstrapCatalog(store: Store, entries: CatalogEntries): Promise<readonly string[]> {
  return store.transaction(
    async (tx) => {
      await sql`select pg_advisory_xact_lock(hashtextextended('identity:bootstrap', 0))`.execute(tx);
      const lines: string[] = [];
      const { regionId } = entries;
      if (regionId !== undefined) {
        const made = await sql`
          insert into regions (id) values (${regionId}) on conflict do nothing returning id`.execute(tx);
        if (made.rows.length > 0) lines.push(`region ${regionId}: created`);
      }
      for (const face of CATALOG_INTERFACES) {
        const url = entries.urls[face];
        if (url !== undefined) lines.push(...(await putEndpoint(tx, entries, face, url)));
      }
      return lines;
    },
    { name: 'bootstrap-catalog' },
  );
}

async function putEndpoint(
  tx: Transaction,
  { serviceName, regionId }: CatalogEntries,
  face: string,
  url: string,
): Promise<readonly string[]> {
  const service = await identityService(tx, serviceName);
  const inRegion = regionId === undefined ? sql`true` : sql`region_id = ${regionId}`;
  const found = await sql<{ id: string; url: string | null }>`
    select id, url from endpoints
    where service_id = ${service} and interface = ${face} and ${inRegion} order by id limit 1 for update`.execute(tx);
  const [endpoint] = found.rows;
  if (endpoint?.url === url) return [];
  if (endpoint === undefined) {
    await sql`
      insert into endpoints (id, service_id, interface, region_id, url)
      values (${newIdentityId()}, ${service}, ${face}, ${regionId ?? null}, ${url})`.execute(tx);
    return [`${face} endpoint ${url}: created`];
  }
  await sql`update endpoints set url = ${url} where id = ${endpoint.id}`.execute(tx);
  return [`${face} endpoint ${url}: updated`];
}

/** The id of the first service of that type, which is created if there is none. */
async function identityService(tx: Transaction, name: string): Promise<string> {
  const found = await sql<{ id: string }>`
    select id from catalog_services where type = 'identity' order by id limit 1`.execute(tx);
  if (found.rows[0] !== undefined) return found.rows[0].id;
  const id = newIdentityId();
  await sql`insert into catalog_services (id, type, name) values (${id}, 'identity', ${name})`.execute(tx);
  return id;
}
