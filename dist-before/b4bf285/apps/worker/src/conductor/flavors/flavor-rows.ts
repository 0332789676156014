import type { Selectable } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { FlavorData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Queries } from '../../store/index.js';
import type { FlavorsTable } from '../../store/tables/compute.tables.js';

export function flavorObject(row: Selectable<FlavorsTable>): FlavorData {
  const { created_at: _createdAt, ...flavor } = row;
  return flavor;
}

/** A flavor that the caller's project may use. Error: FlavorNotFound. */
export async function requireFlavor(db: Queries, context: RequestContext, id: string): Promise<FlavorData> {
  const row = await db.selectFrom('flavors').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined || !(await mayUse(db, context, row))) throw flavorNotFound(id);
  return flavorObject(row);
}

export function flavorNotFound(id: string): ExpectedError {
  return new ExpectedError('FlavorNotFound', `Flavor ${id} could not be found.`, { flavor_id: id });
}

async function mayUse(db: Queries, context: RequestContext, row: Selectable<FlavorsTable>): Promise<boolean> {
  if (row.is_public || context.is_admin) return true;
  const access = await db
    .selectFrom('flavor_projects')
    .select('flavor_id')
    .where('flavor_id', '=', row.id)
    .where('project_id', '=', context.project_id ?? '')
    .executeTakeFirst();
  return access !== undefined;
}
