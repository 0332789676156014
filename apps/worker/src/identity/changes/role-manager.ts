import { ExpectedError, revocationSubject } from '#libs/contracts';
import type { DirectoryCreateArgs, Role, RoleData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Transaction } from '../../store/index.js';
import { DirectoryManager } from './directory-manager.js';
import type { Fields } from './directory-manager.js';
import {
  newIdentityId,
  requireSame,
  resourceColumns,
  storedResource,
  requireDeletable,
  requireMutable,
} from './identity-changes.js';

const SEPARATOR = '\u001F';

export class RoleManager extends DirectoryManager<'role'> {
  protected readonly kind = 'role';

  async create(ctx: RequestContext, args: DirectoryCreateArgs<Role>): Promise<RoleData> {
    const { name, description, domain_id: domainId } = args;
    this.changes.authorize(ctx, domainId == null ? 'create_role' : 'create_domain_role', { role: args });
    const id = newIdentityId();
    return this.make({ name, id }, async (tx) => {
      if (domainId != null) await this.changes.get(tx, 'domain', domainId);
      const values = { id, name: storedName(name, domainId), domain_id: domainId ?? null };
      await tx
        .insertInto('roles')
        .values({ ...values, description: description ?? null, ...resourceColumns(args) })
        .execute();
    });
  }

  /** Names of roles may begin and end with spaces. */
  protected override async prepare(_ctx: RequestContext, _id: string, fields: Fields<Role>): Promise<Fields<Role>> {
    return fields;
  }

  protected async store(tx: Transaction, _ctx: RequestContext, before: RoleData, given: Fields<Role>): Promise<void> {
    const { domain_id: domainId, ...fields } = given;
    const { name, description } = fields;
    requireMutable('role', before, fields);
    requireSame('Update of `domain_id` is not allowed.', before.domain_id, domainId);
    const stored = name === undefined ? undefined : storedName(name, before.domain_id);
    await this.write(tx, before.id, { name: stored, description, ...storedResource(before, fields) });
  }

  /** Deletes all its assignments too, and revokes tokens that contain the role, also by implication. */
  protected async remove(tx: Transaction, ctx: RequestContext, role: RoleData): Promise<void> {
    requireDeletable('role', role);
    await tx.deleteFrom('roles').where('id', '=', role.id).execute();
    await this.changes.revoke(tx, ctx, [revocationSubject.role(role.id)]);
  }
}

/** See ROLE_NAME. Error InvalidInput for a name that contains the separator. */
function storedName(name: string, domainId: string | null | undefined): string {
  if (name.includes(SEPARATOR)) {
    throw new ExpectedError('InvalidInput', "Invalid input for field 'name': it has a control character");
  }
  return domainId == null ? name : `${name}${SEPARATOR}${domainId}`;
}
