import { revocationSubject } from '#libs/contracts';
import type { ProjectCreateArgs, ProjectData, ProjectUpdateArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { IdentityChanges } from './identity-changes.js';
import { changed, newIdentityId } from './identity-changes.js';

export class ProjectManager {
  constructor(private readonly changes: IdentityChanges) {}

  /** Errors: DomainNotFound, Conflict. */
  async create(ctx: RequestContext, args: ProjectCreateArgs): Promise<ProjectData> {
    this.changes.authorize(ctx, 'create_project', { project: args });
    const id = newIdentityId();
    const { name, domain_id: domainId, description, enabled, tags } = args;
    return this.changes.run('project', name, async (tx) => {
      await this.changes.get(tx, 'domain', domainId);
      const values = { id, name, domain_id: domainId, description: description ?? '', enabled: enabled ?? true };
      await tx
        .insertInto('projects')
        .values({ ...values, tags: JSON.stringify(tags ?? []) })
        .execute();
      return this.changes.get(tx, 'project', id);
    });
  }

  async update(ctx: RequestContext, args: ProjectUpdateArgs): Promise<ProjectData> {
    const { id, name, description, enabled, tags } = args;
    return this.changes.run('project', name ?? '', async (tx) => {
      const before = await this.changes.getFor(ctx, tx, 'project', { id, action: 'update' });
      const values = changed({
        name,
        description: description === null ? '' : description,
        enabled,
        tags: tags === undefined ? undefined : JSON.stringify(tags),
      });
      if (Object.keys(values).length > 0) await tx.updateTable('projects').set(values).where('id', '=', id).execute();
      if (before.enabled && enabled === false) await this.changes.revoke(tx, ctx, [revocationSubject.project(id)]);
      return this.changes.get(tx, 'project', id);
    });
  }

  /** What other services keep for the project stays there, as in OpenStack. */
  async delete(ctx: RequestContext, id: string): Promise<void> {
    await this.changes.run('project', id, async (tx) => {
      await this.changes.getFor(ctx, tx, 'project', { id, action: 'delete' });
      await tx.deleteFrom('projects').where('id', '=', id).execute();
      await this.changes.revoke(tx, ctx, [revocationSubject.project(id)]);
    });
  }
}
