import { ExpectedError } from '#libs/contracts';
import type { ProjectData, ProjectTagsArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { findOne } from '../identity-kinds.js';
import type { IdentityChanges } from './identity-changes.js';

const RULES: Readonly<Record<ProjectTagsArgs['change'], string>> = {
  list: 'list_project_tags',
  check: 'get_project_tag',
  replace: 'update_project_tags',
  add: 'create_project_tag',
  remove: 'delete_project_tag',
  clear: 'delete_project_tags',
};
const MOST_TAGS = 80;

/** Reads or changes the tags of a project. Errors: PolicyNotAuthorized, ProjectNotFound, ProjectTagNotFound, InvalidInput. */
export async function projectTags(
  changes: IdentityChanges,
  ctx: RequestContext,
  { id, change, tags = [] }: ProjectTagsArgs,
): Promise<readonly string[]> {
  return changes.run({ kind: 'project', name: id, id }, async (tx) => {
    const found = await findOne(tx, 'project', id);
    changes.authorize(ctx, RULES[change], found === null ? {} : { project: found });
    const project: ProjectData = found ?? (await changes.get(tx, 'project', id));
    const before = project.tags ?? [];
    if ((change === 'check' || change === 'remove') && !tags.every((tag) => before.includes(tag))) {
      throw new ExpectedError('ProjectTagNotFound', `Could not find project tag: ${tags.join(', ')}.`);
    }
    const after = {
      list: before,
      check: before,
      replace: [...new Set(tags)].toSorted(),
      add: [...new Set([...before, ...tags])].toSorted(),
      remove: before.filter((tag) => !tags.includes(tag)),
      clear: [],
    }[change];
    if (after.length > MOST_TAGS) throw new ExpectedError('InvalidInput', `A project has at most ${MOST_TAGS} tags.`);
    if (change === 'list' || change === 'check') return before;
    await tx
      .updateTable(project.is_domain === true ? 'domains' : 'projects')
      .set({ tags: JSON.stringify(after) })
      .where('id', '=', id)
      .execute();
    return after;
  });
}
