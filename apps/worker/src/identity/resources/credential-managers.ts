import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { Credential, ExpectedError, PolicyBlob, isRecord } from '#libs/contracts';
import type { CredentialData, PolicyBlobData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { Manages } from '../../resources/manages.js';
import type { Values } from '../../resources/resource-rows.js';
import type { Queries, Transaction } from '../../store/index.js';
import {
  delegationBlob,
  delegationOf,
  isInScope,
  outOfScope,
  requireUnrestricted,
} from '../delegation/delegated-roles.js';
import { DirectoryResource } from './directory-resource.js';
import type { Target } from './directory-resource.js';
import { directoryTable } from './directory-table.js';

/** The id of an EC2 credential. */
export function accessKeyId(access: string): string {
  return createHash('sha256').update(access).digest('hex');
}

/** Members of a blob of EC2 keys that describe the delegation that created them; they cannot be changed. */
const FIXED = ['trust_id', 'app_cred_id', 'access_token_id', 'access_id'];

@Manages(directoryTable(Credential, { columns: { blob: sql`t.blob` } }))
export class CredentialManager extends DirectoryResource<CredentialData> {
  /** keystone checks the rule with the caller's own user id. */
  protected override listTarget({ user_id: id, system_scope: system }: RequestContext): Target {
    return system === null ? { credential: { user_id: id } } : {};
  }

  protected override isListed(context: RequestContext, row: CredentialData): boolean {
    return (
      isInScope(context, row.project_id) && this.shared.policy.allows(context, 'get_credential', { credential: row })
    );
  }

  /** Further error: DelegationForbidden, for an object outside of the project of the caller's token. */
  override async get(context: RequestContext, id: string, db?: Queries): Promise<CredentialData> {
    const row = await super.get(context, id, db);
    requireInScope(context, row.project_id);
    return row;
  }

  protected override async beforeDelete(_tx: Transaction, row: CredentialData, context: RequestContext): Promise<void> {
    requireUnrestricted(context, 'credentials');
    requireInScope(context, row.project_id);
  }

  protected override async beforeCreate(_tx: Transaction, values: Values, context: RequestContext): Promise<void> {
    requireUnrestricted(context, 'credentials');
    requireInScope(context, values['project_id']);
    if (String(values['type']).toLowerCase() !== 'ec2') return;
    if (values['project_id'] === undefined || values['project_id'] === null) {
      throw new ExpectedError(
        'InvalidInput',
        "Invalid input for field 'credential': 'project_id' is a required property",
      );
    }
    const blob = ec2Blob(values['blob']);
    values['id'] = accessKeyId(blob.access);
    const delegation = delegationBlob(delegationOf(context));
    if (Object.keys(delegation).length === 0) return;
    // A caller that names another delegation could exceed its own.
    const own = Object.entries(blob).filter(([name]) => !FIXED.includes(name));
    values['blob'] = JSON.stringify({ ...Object.fromEntries(own), ...delegation });
  }

  protected override async beforeUpdate(
    tx: Transaction,
    before: CredentialData,
    values: Values,
    context: RequestContext,
  ): Promise<void> {
    requireUnrestricted(context, 'credentials');
    requireInScope(context, before.project_id);
    if (values['project_id'] !== undefined) requireInScope(context, values['project_id']);
    // keystone checks the type before the change, and checks the rule again with the changed object. A blob that names
    // a delegation keeps it whatever the type is changed to, since the type could be changed back to EC2.
    const then = blobOf(before.blob) ?? {};
    const isBound = before.type.toLowerCase() === 'ec2' || FIXED.some((name) => Object.hasOwn(then, name));
    if (isBound && values['blob'] !== undefined) {
      const now = ec2Blob(values['blob']);
      const fixed = FIXED.find((name) => now[name] !== then[name]);
      if (fixed !== undefined) throw new ExpectedError('InvalidInput', `${fixed} can not be updated for credential`);
    }
    await this.authorize(context, 'update', { credential: { ...before, ...values } }, tx);
  }

  protected override written(values: Values): Values {
    const { blob } = values;
    const others = super.written(values);
    return typeof blob === 'string' ? { ...others, blob: this.shared.secrets.seal(blob) } : others;
  }

  protected override async complete(_db: Queries, rows: readonly CredentialData[]): Promise<readonly CredentialData[]> {
    return rows.map((row) => ({ ...row, blob: this.shared.secrets.open(row.blob) }));
  }

  protected override visible(): RawBuilder<boolean> {
    return sql<boolean>`true`;
  }
}

function requireInScope(context: RequestContext, projectId: unknown): void {
  if (!isInScope(context, typeof projectId === 'string' ? projectId : null)) throw outOfScope('Credential');
}

type Ec2Blob = Readonly<Record<string, unknown>> & { readonly access: string };

/** The object in a blob; undefined for any other text. */
export function blobOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const blob: unknown = JSON.parse(text);
    return isRecord(blob) ? blob : undefined;
  } catch {
    return undefined;
  }
}

function ec2Blob(text: unknown): Ec2Blob {
  const blob = blobOf(String(text));
  if (blob === undefined) throw new ExpectedError('InvalidInput', 'Invalid blob in credential');
  const { access } = blob;
  if (typeof access !== 'string') throw new ExpectedError('InvalidInput', 'Expecting to find access in credential.');
  return { ...blob, access };
}

@Manages(directoryTable(PolicyBlob))
export class PolicyManager extends DirectoryResource<PolicyBlobData> {}
