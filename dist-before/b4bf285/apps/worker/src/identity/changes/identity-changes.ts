import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { DomainData, ExpectedErrorCode, ProjectData, RoleData, UserData } from '#libs/contracts';
import { flattenTarget } from '#libs/policy';
import type { RequestContext } from '#libs/telemetry';
import { getRow } from '../../listing/get-row.js';
import type { ListDefinition } from '../../listing/list-definition.js';
import type { Authorizer } from '../../policy/authorizer.js';
import { sqlState, violatedUnique } from '../../store/index.js';
import type { Queries, Store, Transaction } from '../../store/index.js';
import { domainList, projectList, roleList, userList } from '../identity-lists.js';
import type { TokenRevoker } from '../token-revoker.js';

export interface IdentityKinds {
  readonly domain: DomainData;
  readonly project: ProjectData;
  readonly user: UserData;
  readonly role: RoleData;
}
export type IdentityKindName = keyof IdentityKinds;

const KINDS: Readonly<Record<IdentityKindName, { list: ListDefinition; notFound: ExpectedErrorCode }>> = {
  domain: { list: domainList, notFound: 'DomainNotFound' },
  project: { list: projectList, notFound: 'ProjectNotFound' },
  user: { list: userList, notFound: 'UserNotFound' },
  role: { list: roleList, notFound: 'RoleNotFound' },
};
const EVERY_ROW: RawBuilder<boolean> = sql<boolean>`true`;

/** What every change of the directory is made of: the policy about the loaded row, one transaction, revocations. */
export class IdentityChanges {
  constructor(
    readonly store: Store,
    private readonly authorizer: Authorizer,
    private readonly revoker: TokenRevoker,
  ) {}

  /** Throws PolicyNotAuthorized in keystone's words; `target` is nested (`{ user: { domain_id } }`). */
  authorize(ctx: RequestContext, action: string, target: Readonly<Record<string, unknown>>): void {
    const rule = `identity:${action}`;
    if (!this.authorizer.allows(ctx, 'identity', rule, flattenTarget({ target }))) throw forbidden(rule);
  }

  /** The row as it is now. Throws the kind's NotFound. */
  async get<K extends IdentityKindName>(db: Queries, kind: K, id: string): Promise<IdentityKinds[K]> {
    const row = await getRow<IdentityKinds[K]>(db, KINDS[kind].list, EVERY_ROW, id);
    if (row === null) throw new ExpectedError(KINDS[kind].notFound, `Could not find ${kind}: ${id}.`, { id });
    return row;
  }

  /** The row, if the caller may do this with it. Who may do it with no row at all is not told which rows there are. */
  async getFor<K extends IdentityKindName>(
    ctx: RequestContext,
    db: Queries,
    kind: K,
    change: { readonly id: string; readonly action: string },
  ): Promise<IdentityKinds[K]> {
    const row = await getRow<IdentityKinds[K]>(db, KINDS[kind].list, EVERY_ROW, change.id);
    this.authorize(ctx, `${change.action}_${kind}`, row === null ? {} : { [kind]: row });
    return row ?? this.get(db, kind, change.id);
  }

  /** Runs a change in one transaction; a name that is taken is Conflict in keystone's words. */
  async run<T>(kind: IdentityKindName, name: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    try {
      return await this.store.transaction(work, { name: `identity-${kind}` });
    } catch (error) {
      if (violatedUnique(error) !== null) {
        const text = `Conflict occurred attempting to store ${kind} - Duplicate entry found with name ${name}.`;
        throw new ExpectedError('Conflict', text, { name });
      }
      // Something of it came or went meanwhile: a domain or project that the row names.
      if (sqlState(error) === '23503') {
        throw new ExpectedError('Conflict', `Conflict occurred attempting to store ${kind}: what it names has gone.`);
      }
      throw error;
    }
  }

  revoke(tx: Transaction, ctx: RequestContext, subjects: readonly string[]): Promise<void> {
    return this.revoker.revokeIssued(tx, ctx, subjects);
  }
}

export function forbidden(action: string): ExpectedError {
  return new ExpectedError(
    'PolicyNotAuthorized',
    `You are not authorized to perform the requested action: ${action}.`,
    { rule: action },
  );
}

/** keystone's form: a UUID without dashes. */
export function newIdentityId(): string {
  return randomUUID().replaceAll('-', '');
}

/** The fields that an update names; undefined ones stay as they are. */
export function changed<T extends object>(fields: T): Partial<T> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.assign({}, ...entries.map(([key, value]) => ({ [key]: value })));
}
