import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { Ec2CredentialCreateArgs, Ec2CredentialData, OwnedArgs, OwnedListArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Queries } from '../../store/index.js';
import type { IdentityChanges } from '../changes/identity-changes.js';
import { newIdentityId } from '../changes/identity-changes.js';
import type { IdentityPolicy } from '../identity-policy.js';
import { accessKeyId, blobOf } from '../resources/credential-managers.js';
import type { SecretBox } from '../secret-box.js';
import { delegationBlob, delegationOf, isInScope, outOfScope, requireUnrestricted } from './delegated-roles.js';

interface Row {
  readonly user_id: string;
  readonly project_id: string | null;
  readonly blob: string;
}

/** EC2 keys: credentials of the type `ec2`, by another API. */
export class Ec2Credentials {
  constructor(
    private readonly changes: IdentityChanges,
    private readonly policy: IdentityPolicy,
    private readonly secrets: SecretBox,
  ) {}

  async list(ctx: RequestContext, { user_id: userId }: OwnedListArgs): Promise<readonly Ec2CredentialData[]> {
    this.policy.authorize(ctx, 'ec2_list_credentials', {}, { user_id: userId });
    const { db } = this.changes.store;
    await this.changes.get(db, 'user', userId);
    const result = await sql<Row>`
      select user_id, project_id, blob from credentials where user_id = ${userId} and type = 'ec2'
      order by id`.execute(db);
    return result.rows.filter((row) => isInScope(ctx, row.project_id)).map((row) => this.#data(row));
  }

  async get(ctx: RequestContext, args: OwnedArgs): Promise<Ec2CredentialData> {
    return this.#data(await this.#allowed(ctx, this.changes.store.db, args, 'ec2_get_credential'));
  }

  async create(
    ctx: RequestContext,
    { user_id: userId, project_id: projectId }: Ec2CredentialCreateArgs,
  ): Promise<Ec2CredentialData> {
    this.policy.authorize(ctx, 'ec2_create_credential', { credential: { user_id: userId } });
    requireUnrestricted(ctx, 'credentials');
    return this.changes.run({ kind: 'user', name: userId }, async (tx) => {
      await this.changes.get(tx, 'user', userId);
      await this.changes.get(tx, 'project', projectId);
      if (!isInScope(ctx, projectId)) throw outOfScope('EC2 credential');
      const { trustId = null, ...others } = delegationOf(ctx);
      const keys = { access: newIdentityId(), secret: newIdentityId(), trust_id: trustId };
      const blob = { ...keys, ...delegationBlob(others) };
      await sql`
        insert into credentials (id, user_id, project_id, type, blob)
        values (${accessKeyId(keys.access)}, ${userId}, ${projectId}, 'ec2',
          ${this.secrets.seal(JSON.stringify(blob))})`.execute(tx);
      return { user_id: userId, project_id: projectId, ...keys };
    });
  }

  async delete(ctx: RequestContext, args: OwnedArgs): Promise<void> {
    await this.changes.run({ kind: 'user', name: args.user_id }, async (tx) => {
      await this.#allowed(ctx, tx, args, 'ec2_delete_credential');
      await sql`delete from credentials where id = ${accessKeyId(args.id)}`.execute(tx);
    });
  }

  /** keystone looks for the keys before the rule is asked. */
  async #allowed(ctx: RequestContext, db: Queries, { id, user_id: userId }: OwnedArgs, action: string): Promise<Row> {
    const result = await sql<Row & { type: string }>`
      select user_id, project_id, blob, type from credentials where id = ${accessKeyId(id)}`.execute(db);
    const [row] = result.rows;
    if (row === undefined)
      throw new ExpectedError('CredentialNotFound', `Could not find credential: ${accessKeyId(id)}.`);
    this.policy.authorize(ctx, action, { credential: { user_id: row.user_id } });
    await this.changes.get(db, 'user', userId);
    if (!isInScope(ctx, row.project_id)) throw outOfScope('EC2 credential');
    return row;
  }

  #data({ user_id: userId, project_id: projectId, blob: sealed }: Row): Ec2CredentialData {
    const blob = blobOf(this.secrets.open(sealed));
    const part = (name: string): string | null => {
      const value = blob?.[name];
      return typeof value === 'string' ? value : null;
    };
    return {
      user_id: userId,
      project_id: projectId,
      access: part('access') ?? '',
      secret: part('secret') ?? '',
      trust_id: part('trust_id'),
    };
  }
}
