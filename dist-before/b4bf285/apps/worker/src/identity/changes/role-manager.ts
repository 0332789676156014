import { revocationSubject } from '#libs/contracts';
import type { RoleCreateArgs, RoleData, RoleUpdateArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { IdentityChanges } from './identity-changes.js';
import { changed, newIdentityId } from './identity-changes.js';

export class RoleManager {
  constructor(private readonly changes: IdentityChanges) {}

  async create(ctx: RequestContext, args: RoleCreateArgs): Promise<RoleData> {
    this.changes.authorize(ctx, 'create_role', { role: args });
    const id = newIdentityId();
    const { name, description } = args;
    return this.changes.run('role', name, async (tx) => {
      await tx
        .insertInto('roles')
        .values({ id, name, domain_id: null, description: description ?? null })
        .execute();
      return this.changes.get(tx, 'role', id);
    });
  }

  async update(ctx: RequestContext, args: RoleUpdateArgs): Promise<RoleData> {
    const { id, name, description } = args;
    return this.changes.run('role', name ?? '', async (tx) => {
      await this.changes.getFor(ctx, tx, 'role', { id, action: 'update' });
      const values = changed({ name, description });
      if (Object.keys(values).length > 0) await tx.updateTable('roles').set(values).where('id', '=', id).execute();
      return this.changes.get(tx, 'role', id);
    });
  }

  /** With all its assignments; tokens that hold it, also by implication, are invalid. */
  async delete(ctx: RequestContext, id: string): Promise<void> {
    await this.changes.run('role', id, async (tx) => {
      await this.changes.getFor(ctx, tx, 'role', { id, action: 'delete' });
      await tx.deleteFrom('roles').where('id', '=', id).execute();
      await this.changes.revoke(tx, ctx, [revocationSubject.role(id)]);
    });
  }
}
