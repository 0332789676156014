import { Controller } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Project, ProjectPage, declarationOf } from '#libs/contracts';
import type { InputOf, ProjectData } from '#libs/contracts';
import { Fault } from '../../edge/errors/fault.js';
import { baseUrl } from '../../edge/links.js';
import { domainFor } from '../collection/change-args.js';
import type { RawQuery } from '../collection/collection-query.js';
import { directoryController } from '../resource/directory.controller.js';
import { projectView } from '../resource/resource-view.js';

const TAG_FILTERS = ['tags', 'tags-any', 'not-tags', 'not-tags-any'];

/** `/projects`, with their parents and what is below them. */
@Controller('v3/projects')
export class ProjectsController extends directoryController(declarationOf(Project), { filters: TAG_FILTERS }) {
  protected override async moreOf(request: FastifyRequest, project: ProjectData, query: RawQuery): Promise<object> {
    const more: Record<string, unknown> = {};
    const forms = (['parents', 'subtree'] as const).map((relatives) => [relatives, formOf(query, relatives)] as const);
    for (const [relatives, form] of forms) {
      if (form !== undefined) more[relatives] = await this.#relatives(request, project, relatives, form);
    }
    return more;
  }

  protected override createArgs(request: FastifyRequest, input: InputOf<Project>): object {
    // Before a domain is chosen for a body without one: the manager of a domain has to name it.
    const { domain_id: domainId } = input;
    const target = domainId === undefined ? {} : { domain_id: domainId };
    this.policy.authorize(request, 'create_project', { project: target });
    return input.is_domain === true ? input : { ...input, domain_id: domainFor(request, domainId) };
  }

  /** As keystone: a list has only what the caller has a role on, ids are of all. */
  async #relatives(
    request: FastifyRequest,
    { id }: ProjectData,
    relatives: 'parents' | 'subtree',
    form: RelativesForm,
  ): Promise<object | null> {
    const args = { id, relatives, own: form === 'list' };
    const { objects } = ProjectPage.unwrap(await this.identity.call(request, 'project_relatives', args));
    if (form === 'list') return objects.map((project) => ({ project: projectView(baseUrl(request), project) }));
    return relatives === 'parents' ? chainOf(objects) : treeBelow(id, objects);
  }
}

type RelativesForm = 'list' | 'ids';

/** Of `parents_as_list` and its like; keystone takes every value but 0 for true. Error: Fault 400 for both forms at once. */
function formOf(query: RawQuery, relatives: 'parents' | 'subtree'): RelativesForm | undefined {
  const [asList, asIds] = [`${relatives}_as_list`, `${relatives}_as_ids`];
  const isAsked = (name: string): boolean => query[name] !== undefined && query[name] !== '0';
  if (isAsked(asList) && isAsked(asIds)) {
    throw new Fault(400, `Cannot use ${asList} and ${asIds} query params at the same time.`);
  }
  if (isAsked(asList)) return 'list';
  return isAsked(asIds) ? 'ids' : undefined;
}

/** Ids of parents, each within the one below it; null above the last. */
const chainOf = (parents: readonly ProjectData[]): object | null =>
  parents.reduceRight<object | null>((above, { id }) => ({ [id]: above }), null);

/** Ids of children with those of theirs; null for none. In one pass: a domain may have very many. */
function treeBelow(rootId: string, projects: readonly ProjectData[]): object | null {
  const children = new Map<string | null, string[]>();
  for (const { id, parent_id: parentId, domain_id: domainId } of projects) {
    const parent = parentId ?? domainId;
    const ids = children.get(parent);
    if (ids === undefined) children.set(parent, [id]);
    else ids.push(id);
  }
  const below = (id: string): object | null => {
    const ids = children.get(id);
    return ids === undefined ? null : Object.fromEntries(ids.map((child) => [child, below(child)]));
  };
  return below(rootId);
}
