import { ExpectedError, revocationSubject } from '#libs/contracts';
import type { DomainCreateArgs, DomainData, DomainUpdateArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { DEFAULT_DOMAIN } from '../default-roles.js';
import type { IdentityChanges } from './identity-changes.js';
import { changed, newIdentityId } from './identity-changes.js';

export class DomainManager {
  constructor(private readonly changes: IdentityChanges) {}

  async create(ctx: RequestContext, args: DomainCreateArgs): Promise<DomainData> {
    this.changes.authorize(ctx, 'create_domain', { domain: args });
    const id = newIdentityId();
    const { name, description, enabled } = args;
    return this.changes.run('domain', name, async (tx) => {
      const values = { id, name, description: description ?? '', enabled: enabled ?? true };
      await tx.insertInto('domains').values(values).execute();
      return this.changes.get(tx, 'domain', id);
    });
  }

  /** Disabling one makes every token of its users, for its projects and for itself invalid. */
  async update(ctx: RequestContext, args: DomainUpdateArgs): Promise<DomainData> {
    const { id, name, description, enabled } = args;
    return this.changes.run('domain', name ?? '', async (tx) => {
      const before = await this.changes.getFor(ctx, tx, 'domain', { id, action: 'update' });
      const values = changed({ name, description: description === null ? '' : description, enabled });
      if (Object.keys(values).length > 0) await tx.updateTable('domains').set(values).where('id', '=', id).execute();
      if (before.enabled && enabled === false) await this.changes.revoke(tx, ctx, [revocationSubject.domain(id)]);
      return this.changes.get(tx, 'domain', id);
    });
  }

  /** Takes all projects and users of the domain with it, as keystone does. */
  async delete(ctx: RequestContext, id: string): Promise<void> {
    await this.changes.run('domain', id, async (tx) => {
      const domain = await this.changes.getFor(ctx, tx, 'domain', { id, action: 'delete' });
      if (id === DEFAULT_DOMAIN.id || domain.enabled) {
        const what = id === DEFAULT_DOMAIN.id ? 'the default domain' : 'a domain that is enabled';
        const hint = id === DEFAULT_DOMAIN.id ? '' : ', please disable it first';
        throw new ExpectedError('PolicyNotAuthorized', `Cannot delete ${what}${hint}.`);
      }
      await tx.deleteFrom('users').where('domain_id', '=', id).execute();
      await tx.deleteFrom('projects').where('domain_id', '=', id).execute();
      await tx.deleteFrom('domains').where('id', '=', id).execute();
      await this.changes.revoke(tx, ctx, [revocationSubject.domain(id)]);
    });
  }
}
