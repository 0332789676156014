import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { Ec2Credential } from '#libs/contracts';
import type { Ec2CredentialData, ExpectedError, ListArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { Manages } from '../../resources/manages.js';
import type { Values } from '../../resources/resource-rows.js';
import type { Queries, Transaction } from '../../store/index.js';
import { newIdentityId } from '../changes/identity-changes.js';
import { accessKeyId, blobOf } from '../resources/credential-managers.js';
import { DirectoryResource } from '../resources/directory-resource.js';
import type { Operation, Target } from '../resources/directory-resource.js';
import { directoryTable } from '../resources/directory-table.js';
import {
  delegationBlob,
  delegationOf,
  isInScope,
  listedUser,
  ofUser,
  outOfScope,
  requireUnrestricted,
} from './delegated-roles.js';

/**
 * EC2 keys: credentials of the type `ec2`, through another API. Until it is decrypted, the blob is read in the place of
 * the secret.
 */
@Manages(
  directoryTable(Ec2Credential, {
    table: 'credentials',
    columns: { access: sql`''`, secret: sql`t.blob`, trust_id: sql`null` },
    sortKeys: { id: sql`t.id` },
    filters: ofUser,
  }),
)
export class Ec2CredentialManager extends DirectoryResource<Ec2CredentialData> {
  /** keystone looks up the keys before it checks the policy rule. */
  protected override readonly tellsEverybody: readonly Operation[] = ['get', 'delete'];

  override notFound(access: string): ExpectedError {
    return super.notFound(accessKeyId(access));
  }

  protected override rule(operation: Operation): string {
    return operation === 'list' ? 'ec2_list_credentials' : `ec2_${operation}_credential`;
  }

  protected override listTarget(_context: RequestContext, args: ListArgs): Target {
    return listedUser(args);
  }

  protected override target(row: Partial<Ec2CredentialData>, userId?: string): Target {
    return { credential: row, user_id: userId };
  }

  protected override async authorize(
    context: RequestContext,
    operation: Operation,
    { user_id: userId, credential }: Target,
    db: Queries,
  ): Promise<void> {
    const isList = operation === 'list';
    this.shared.policy.authorize(context, this.rule(operation), { credential }, isList ? { user_id: userId } : {});
    if (operation === 'create') requireUnrestricted(context, 'credentials');
    else await this.shared.changes.get(db, 'user', String(userId));
    if (operation === 'get' || operation === 'delete') requireInScope(context, Object(credential));
  }

  protected override visible(): RawBuilder<boolean> {
    return sql<boolean>`t.type = 'ec2'`;
  }

  protected override isListed(context: RequestContext, { project_id: projectId }: Ec2CredentialData): boolean {
    return isInScope(context, projectId);
  }

  protected override at(access: string): RawBuilder<boolean> {
    return sql<boolean>`t.id = ${accessKeyId(access)}`;
  }

  protected override async beforeCreate(tx: Transaction, values: Values, context: RequestContext): Promise<void> {
    const { user_id: userId, project_id: projectId } = values;
    await this.shared.changes.get(tx, 'user', String(userId));
    await this.shared.changes.get(tx, 'project', String(projectId));
    requireInScope(context, { project_id: String(projectId) });
    const { trustId = null, ...others } = delegationOf(context);
    const keys = { access: newIdentityId(), secret: newIdentityId(), trust_id: trustId };
    values['id'] = keys.access;
    values['blob'] = JSON.stringify({ ...keys, ...delegationBlob(others) });
  }

  protected override written({ id, user_id, project_id, blob }: Values): Values {
    return {
      id: accessKeyId(String(id)),
      user_id,
      project_id,
      type: 'ec2',
      blob: this.shared.secrets.seal(String(blob)),
    };
  }

  protected override async complete(
    _db: Queries,
    rows: readonly Ec2CredentialData[],
  ): Promise<readonly Ec2CredentialData[]> {
    return rows.map((row) => {
      const blob = blobOf(this.shared.secrets.open(row.secret)) ?? {};
      const part = (name: string): string | null => {
        const { [name]: value } = blob;
        return typeof value === 'string' ? value : null;
      };
      return { ...row, access: part('access') ?? '', secret: part('secret') ?? '', trust_id: part('trust_id') };
    });
  }
}

function requireInScope(
  context: RequestContext,
  { project_id: projectId }: Pick<Ec2CredentialData, 'project_id'>,
): void {
  if (!isInScope(context, projectId)) throw outOfScope('EC2 credential');
}
