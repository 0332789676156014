import { ExpectedError, revocationSubject } from '#libs/contracts';
import type { RoleCreateArgs, RoleData, RoleUpdateArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { IdentityChanges } from './identity-changes.js';
import { changed, newIdentityId, requireSame, resourceColumns, storedResource } from './identity-changes.js';
import { requireDeletable, requireMutable } from './immutable.js';

const SEPARATOR = '\u001F';

export class RoleManager {
  constructor(private readonly changes: IdentityChanges) {}

  async create(ctx: RequestContext, args: RoleCreateArgs): Promise<RoleData> {
    const { name, description, domain_id: domainId } = args;
    this.changes.authorize(ctx, domainId == null ? 'create_role' : 'create_domain_role', { role: args });
    const id = newIdentityId();
    return this.changes.run({ kind: 'role', name }, async (tx) => {
      if (domainId != null) await this.changes.get(tx, 'domain', domainId);
      await tx
        .insertInto('roles')
        .values({
          id,
          name: storedName(name, domainId),
          domain_id: domainId ?? null,
          description: description ?? null,
          ...resourceColumns(args),
        })
        .execute();
      return this.changes.get(tx, 'role', id);
    });
  }

  async update(ctx: RequestContext, args: RoleUpdateArgs): Promise<RoleData> {
    const { id, domain_id: domainId, ...fields } = args;
    const { name, description } = fields;
    return this.changes.run({ kind: 'role', name: name ?? '' }, async (tx) => {
      const before = await this.changes.getFor(ctx, tx, 'role', { id, action: 'update' });
      requireMutable('role', before, fields);
      requireSame('Update of `domain_id` is not allowed.', before.domain_id, domainId);
      const stored = name === undefined ? undefined : storedName(name, before.domain_id);
      const values = changed({ name: stored, description, ...storedResource(before, args) });
      if (Object.keys(values).length > 0) await tx.updateTable('roles').set(values).where('id', '=', id).execute();
      return this.changes.get(tx, 'role', id);
    });
  }

  /** With all its assignments; tokens that hold it, also by implication, are invalid. */
  async delete(ctx: RequestContext, id: string): Promise<void> {
    await this.changes.run({ kind: 'role', name: id }, async (tx) => {
      requireDeletable('role', await this.changes.getFor(ctx, tx, 'role', { id, action: 'delete' }));
      await tx.deleteFrom('roles').where('id', '=', id).execute();
      await this.changes.revoke(tx, ctx, [revocationSubject.role(id)]);
    });
  }
}

/** See ROLE_NAME. Error InvalidInput for a name with the character that stands between. */
function storedName(name: string, domainId: string | null | undefined): string {
  if (name.includes(SEPARATOR)) {
    throw new ExpectedError('InvalidInput', "Invalid input for field 'name': it has a control character");
  }
  return domainId == null ? name : `${name}${SEPARATOR}${domainId}`;
}
