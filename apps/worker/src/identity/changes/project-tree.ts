import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { Queries } from '../../store/index.js';

/** keystone's `max_project_tree_depth`: levels of projects below a domain. */
const MOST_LEVELS = 5;

/** A project above or below another one. */
export interface TreeProject {
  readonly id: string;
  readonly enabled: boolean;
  readonly parent_id: string | null;
}

/** The project itself, then those above it, the nearest first. */
export async function projectAndAncestors(db: Queries, id: string): Promise<readonly TreeProject[]> {
  const result = await sql<TreeProject>`
    with recursive above (id, parent_id, enabled, level) as (
      select id, parent_id, enabled, 0 from projects where id = ${id}
      union all
      select p.id, p.parent_id, p.enabled, a.level + 1 from projects p join above a on p.id = a.parent_id
    ) select id, parent_id, enabled from above order by level`.execute(db);
  return result.rows;
}

/** Those below a project, the nearest first. */
export async function projectDescendants(db: Queries, id: string): Promise<readonly TreeProject[]> {
  const result = await sql<TreeProject>`
    with recursive below (id, parent_id, enabled, level) as (
      select id, parent_id, enabled, 1 from projects where parent_id = ${id}
      union all
      select p.id, p.parent_id, p.enabled, b.level + 1 from projects p join below b on p.parent_id = b.id
    ) select id, parent_id, enabled from below order by level, id`.execute(db);
  return result.rows;
}

/** A new project can be below this one: all above it are enabled, and there is room. Errors InvalidInput, PolicyNotAuthorized. */
export async function requirePlaceBelow(db: Queries, parentId: string): Promise<void> {
  const line = await projectAndAncestors(db, parentId);
  const disabled = line.find(({ enabled }) => !enabled);
  if (disabled !== undefined) {
    const text = `cannot create a project in a branch containing a disabled project: ${disabled.id}`;
    throw new ExpectedError('InvalidInput', text);
  }
  if (line.length < MOST_LEVELS) return;
  throw new ExpectedError('PolicyNotAuthorized', `Max hierarchy depth reached for ${parentId} branch.`);
}

/** Error PolicyNotAuthorized. */
export async function requireEnabledAncestors(db: Queries, id: string): Promise<void> {
  const [, ...above] = await projectAndAncestors(db, id);
  if (above.every(({ enabled }) => enabled)) return;
  throw new ExpectedError('PolicyNotAuthorized', `Cannot enable project ${id} since it has disabled parents`);
}

/** Error PolicyNotAuthorized. */
export async function requireDisabledDescendants(db: Queries, id: string): Promise<void> {
  const below = await projectDescendants(db, id);
  if (below.every(({ enabled }) => !enabled)) return;
  const text = `Cannot disable project ${id} since its subtree contains enabled projects.`;
  throw new ExpectedError('PolicyNotAuthorized', text);
}

/** Error PolicyNotAuthorized. */
export async function requireLeaf(db: Queries, id: string): Promise<void> {
  const child = await db.selectFrom('projects').select('id').where('parent_id', '=', id).executeTakeFirst();
  if (child === undefined) return;
  const text =
    `Cannot delete the project ${id} since it is not a leaf in the hierarchy. ` +
    'Use the cascade option if you want to delete a whole subtree.';
  throw new ExpectedError('PolicyNotAuthorized', text);
}
