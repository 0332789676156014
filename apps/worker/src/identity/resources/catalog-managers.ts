import { sql } from 'kysely';
import { CatalogService, Endpoint, EndpointGroup, ExpectedError, Region } from '#libs/contracts';
import type { CatalogServiceData, EndpointData, EndpointGroupData, RegionData } from '#libs/contracts';
import { Manages } from '../../resources/manages.js';
import type { Values } from '../../resources/resource-rows.js';
import type { Queries, Transaction } from '../../store/index.js';
import { newIdentityId } from '../changes/identity-changes.js';
import { DirectoryResource, missingReference } from './directory-resource.js';
import { directoryTable } from './directory-table.js';

/** Whether a table of the catalog has a row with this id. */
export async function exists(db: Queries, table: string, id: unknown): Promise<boolean> {
  const found = await sql`select 1 from ${sql.table(table)} where id = ${id}`.execute(db);
  return found.rows.length > 0;
}

@Manages(directoryTable(Region))
export class RegionManager extends DirectoryResource<RegionData> {
  protected override async beforeCreate(tx: Transaction, values: Values): Promise<void> {
    if (!values['id']) values['id'] = newIdentityId();
    values['description'] ??= '';
    await this.#requireParent(tx, values['parent_region_id']);
    if (await exists(tx, 'regions', values['id'])) {
      const text = `Conflict occurred attempting to store region - Duplicate ID, ${String(values['id'])}.`;
      throw new ExpectedError('Conflict', text);
    }
  }

  protected override async beforeUpdate(tx: Transaction, { id }: RegionData, values: Values): Promise<void> {
    if (values['description'] === null) values['description'] = '';
    const parent = values['parent_region_id'];
    await this.#requireParent(tx, parent);
    const above = await sql`
      with recursive above (id) as (
        select ${parent ?? null}::text
        union
        select r.parent_region_id from regions r join above a on r.id = a.id
      ) select 1 from above where id = ${id}`.execute(tx);
    if (above.rows.length === 0) return;
    throw new ExpectedError(
      'InvalidInput',
      'The specified parent region cannot be assigned to the region because this would create a circular region hierarchy.',
    );
  }

  /** Also deletes the regions below it, unless one has endpoints. */
  protected override async beforeDelete(tx: Transaction, { id }: RegionData): Promise<void> {
    const below = sql`
      with recursive below (id, level) as (
        select ${id}::text, 0
        union all
        select r.id, b.level + 1 from regions r join below b on r.parent_region_id = b.id
      ) select id from below`;
    const used = await sql`select 1 from endpoints where region_id in (${below}) limit 1`.execute(tx);
    if (used.rows.length > 0) {
      const text = `Unable to delete region ${id} because it or its child regions have associated endpoints.`;
      throw new ExpectedError('PolicyNotAuthorized', text);
    }
    await sql`delete from regions where id in (${below}) and id <> ${id}`.execute(tx);
  }

  async #requireParent(tx: Transaction, id: unknown): Promise<void> {
    if (typeof id !== 'string' || (await exists(tx, 'regions', id))) return;
    throw this.notFound(id);
  }
}

@Manages(directoryTable(CatalogService, { table: 'catalog_services' }))
export class ServiceManager extends DirectoryResource<CatalogServiceData> {}

/** Placeholders in a URL for values of the token: `$(project_id)s`. */
const PLACEHOLDER = /[$%]\((\w+)\)s/g;
const KNOWN_PLACEHOLDERS = new Set(['tenant_id', 'project_id', 'user_id']);

@Manages(directoryTable(Endpoint))
export class EndpointManager extends DirectoryResource<EndpointData> {
  protected override beforeCreate(tx: Transaction, values: Values): Promise<void> {
    return this.#check(tx, values);
  }

  protected override beforeUpdate(tx: Transaction, _before: EndpointData, values: Values): Promise<void> {
    return this.#check(tx, values);
  }

  async #check(tx: Transaction, values: Values): Promise<void> {
    const { url, region, service_id: service } = values;
    if (typeof url === 'string' && !isWellFormed(url)) {
      throw new ExpectedError('PolicyNotAuthorized', `Malformed endpoint URL (${url}), see ERROR log for details.`);
    }
    if (values['region_id'] == null && typeof region === 'string') {
      values['region_id'] = region;
      await sql`insert into regions (id) values (${region}) on conflict do nothing`.execute(tx);
    }
    const { region_id: regionId } = values;
    if (typeof regionId === 'string' && !(await exists(tx, 'regions', regionId))) {
      throw missingReference('endpoint region_id', 'region table');
    }
    if (typeof service === 'string' && !(await exists(tx, 'catalog_services', service))) {
      throw missingReference('endpoint service_id', 'service table');
    }
  }
}

/** As Python's `%` accepts it, with the names that keystone fills in. */
function isWellFormed(url: string): boolean {
  const names = [...url.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
  return names.every((name) => KNOWN_PLACEHOLDERS.has(name)) && !/[$%]\(/.test(url.replaceAll(PLACEHOLDER, ''));
}

@Manages(directoryTable(EndpointGroup))
export class EndpointGroupManager extends DirectoryResource<EndpointGroupData> {}
