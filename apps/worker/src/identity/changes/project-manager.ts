import { sql } from 'kysely';
import { ExpectedError, revocationSubject } from '#libs/contracts';
import type { DirectoryCreateArgs, Project, ProjectData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Transaction, Queries } from '../../store/index.js';
import { findOne } from '../identity-kinds.js';
import type { DomainManager } from './domain-manager.js';
import { DirectoryManager } from './directory-manager.js';
import type { Fields } from './directory-manager.js';
import type { IdentityChanges } from './identity-changes.js';
import {
  newIdentityId,
  requireSame,
  resourceColumns,
  storedPlace,
  requireDeletable,
  requireMutable,
} from './identity-changes.js';

/** keystone's `max_project_tree_depth`: levels of projects below a domain. */
const MOST_LEVELS = 5;

/** A project above or below another one. */
interface TreeProject {
  readonly id: string;
  readonly enabled: boolean;
  readonly parent_id: string | null;
}

/** The project itself, then those above it, the nearest first. */
async function projectAndAncestors(db: Queries, id: string): Promise<readonly TreeProject[]> {
  const result = await sql<TreeProject>`
    with recursive above (id, parent_id, enabled, level) as (
      select id, parent_id, enabled, 0 from projects where id = ${id}
      union all
      select p.id, p.parent_id, p.enabled, a.level + 1 from projects p join above a on p.id = a.parent_id
    ) select id, parent_id, enabled from above order by level`.execute(db);
  return result.rows;
}

/** All projects below a project, the nearest first. */
async function projectDescendants(db: Queries, id: string): Promise<readonly TreeProject[]> {
  const result = await sql<TreeProject>`
    with recursive below (id, parent_id, enabled, level) as (
      select id, parent_id, enabled, 1 from projects where parent_id = ${id}
      union all
      select p.id, p.parent_id, p.enabled, b.level + 1 from projects p join below b on p.parent_id = b.id
    ) select id, parent_id, enabled from below order by level, id`.execute(db);
  return result.rows;
}

/**
 * Checks that a new project can be created below this one: all projects above are enabled, and the depth limit is not
 * reached. Errors InvalidInput, PolicyNotAuthorized.
 */
async function requirePlaceBelow(db: Queries, parentId: string): Promise<void> {
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
async function requireEnabledAncestors(db: Queries, id: string): Promise<void> {
  const [, ...above] = await projectAndAncestors(db, id);
  if (above.every(({ enabled }) => enabled)) return;
  throw new ExpectedError('PolicyNotAuthorized', `Cannot enable project ${id} since it has disabled parents`);
}

/** Error PolicyNotAuthorized. */
async function requireDisabledDescendants(db: Queries, id: string): Promise<void> {
  const below = await projectDescendants(db, id);
  if (below.every(({ enabled }) => !enabled)) return;
  const text = `Cannot disable project ${id} since its subtree contains enabled projects.`;
  throw new ExpectedError('PolicyNotAuthorized', text);
}

/** Error PolicyNotAuthorized. */
async function requireLeaf(db: Queries, id: string): Promise<void> {
  const child = await db.selectFrom('projects').select('id').where('parent_id', '=', id).executeTakeFirst();
  if (child === undefined) return;
  const text =
    `Cannot delete the project ${id} since it is not a leaf in the hierarchy. ` +
    'Use the cascade option if you want to delete a whole subtree.';
  throw new ExpectedError('PolicyNotAuthorized', text);
}

/** Manages projects; a project that is a domain is changed as a domain, with the policy rules for projects. */
export class ProjectManager extends DirectoryManager<'project'> {
  protected readonly kind = 'project';

  constructor(
    changes: IdentityChanges,
    private readonly domains: DomainManager,
  ) {
    super(changes);
  }

  /** Errors: Conflict; InvalidInput for an unknown domain or parent. */
  async create(ctx: RequestContext, args: DirectoryCreateArgs<Project>): Promise<ProjectData> {
    const { domain_id: domainId, parent_id: parentId, description, enabled, tags } = args;
    const name = args.name.trim();
    if (args.is_domain === true) return this.#createDomain(ctx, args);
    this.changes.authorize(ctx, 'create_project', { project: args });
    const id = newIdentityId();
    return this.make({ name, id, domainId }, async (tx) => {
      await this.#requireHome(tx, domainId ?? '', parentId ?? domainId ?? '');
      const values = { id, name, domain_id: domainId ?? '', description: description ?? '', enabled: enabled ?? true };
      const parent = parentId === domainId ? null : (parentId ?? null);
      await tx
        .insertInto('projects')
        .values({ ...values, ...resourceColumns(args), parent_id: parent, tags: JSON.stringify(tags ?? []) })
        .execute();
    });
  }

  protected async store(
    tx: Transaction,
    ctx: RequestContext,
    before: ProjectData,
    given: Fields<Project>,
  ): Promise<void> {
    const { domain_id: domainId, parent_id: parentId, is_domain: isDomain, ...fields } = given;
    const { enabled } = fields;
    const { id } = before;
    requireSame('Cannot change Domain ID', before.domain_id, domainId);
    if (before.is_domain === true) {
      return this.domains.store(tx, ctx, await this.changes.get(tx, 'domain', id), fields);
    }
    requireMutable('project', before, fields);
    requireParent(before, parentId);
    requireSame('Update of `is_domain` is not allowed.', false, isDomain);
    if (!before.enabled && enabled === true) await requireEnabledAncestors(tx, id);
    if (before.enabled && enabled === false) await requireDisabledDescendants(tx, id);
    await this.write(tx, id, storedPlace(before, fields));
    if (before.enabled && enabled === false) await this.changes.revoke(tx, ctx, [revocationSubject.project(id)]);
  }

  /** Data of other services for the project are kept, as in OpenStack. */
  protected async remove(tx: Transaction, ctx: RequestContext, project: ProjectData): Promise<void> {
    const { id } = project;
    if (project.is_domain === true) return this.domains.remove(tx, ctx, await this.changes.get(tx, 'domain', id));
    requireDeletable('project', project);
    await requireLeaf(tx, id);
    await tx.deleteFrom('projects').where('id', '=', id).execute();
    return this.changes.revoke(tx, ctx, [revocationSubject.project(id)]);
  }

  async #createDomain(ctx: RequestContext, args: DirectoryCreateArgs<Project>): Promise<ProjectData> {
    this.changes.authorize(ctx, 'create_project', { project: { name: args.name, domain_id: null } });
    if (args.parent_id != null || args.domain_id != null) {
      throw new ExpectedError('InvalidInput', 'only root projects are allowed to act as domains.');
    }
    const id = newIdentityId();
    return this.make({ name: args.name, id }, (tx) => this.domains.insert(tx, id, args));
  }

  /** Checks that the domain and the parent exist and belong together, and that the depth limit is not reached. */
  async #requireHome(tx: Transaction, domainId: string, parentId: string): Promise<void> {
    const domain = await findOne(tx, 'domain', domainId);
    if (domain === null) throw new ExpectedError('InvalidInput', `Could not find domain: ${domainId}.`);
    const parent = await findOne(tx, 'project', parentId);
    if (parent === null) throw new ExpectedError('InvalidInput', `Could not find project: ${parentId}.`);
    if (parent.is_domain === true) {
      if (parent.id !== domainId) {
        throw new ExpectedError(
          'InvalidInput',
          `Cannot create project, the parent (${parent.id}) is acting as a domain, but this project's domain id ` +
            `(${domainId}) does not match the parent's id.`,
        );
      }
      if (!domain.enabled) {
        const text = `cannot create a project in a branch containing a disabled project: ${domain.id}`;
        throw new ExpectedError('InvalidInput', text);
      }
      return;
    }
    if (parent.domain_id !== domainId) {
      throw new ExpectedError(
        'InvalidInput',
        `Cannot create project, since it specifies its domain_id ${domainId}, but specifies a parent in a different ` +
          `domain (${parent.domain_id}).`,
      );
    }
    await requirePlaceBelow(tx, parentId);
  }
}

/** keystone answers 403 here. Error PolicyNotAuthorized. */
function requireParent(before: ProjectData, parentId: string | null | undefined): void {
  if (parentId === undefined || parentId === (before.parent_id ?? before.domain_id)) return;
  throw new ExpectedError('PolicyNotAuthorized', 'Update of `parent_id` is not allowed.');
}
