import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError, revocationSubject } from '#libs/contracts';
import type {
  AccessRuleData,
  AccessRuleReference,
  ApplicationCredentialCreateArgs,
  ApplicationCredentialData,
  OwnedArgs,
  OwnedListArgs,
} from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Queries, Transaction } from '../../store/index.js';
import { violatedUnique } from '../../store/index.js';
import type { IdentityChanges } from '../changes/identity-changes.js';
import { newIdentityId } from '../changes/identity-changes.js';
import { findOne } from '../identity-kinds.js';
import type { IdentityPolicy } from '../identity-policy.js';
import { hashPassword } from '../password-hash.js';
import { rolesOf } from '../held-roles.js';
import {
  delegationOf,
  futureTime,
  namedRoles,
  requireNoTrust,
  requireUnrestricted,
  rolesById,
  withImplied,
} from './delegated-roles.js';

const SECRET_BYTES = 64;
const MOST_RULES = 100;

export interface CredentialRow extends Omit<ApplicationCredentialData, 'roles' | 'access_rules'> {
  readonly role_ids: readonly string[];
  readonly secret_hash: string;
}

/** The rows of application credentials with their hashes, which stay in this folder. */
export async function credentialRows(db: Queries, where: RawBuilder<unknown>): Promise<readonly CredentialRow[]> {
  const result = await sql<CredentialRow>`
    select c.id, c.name, c.user_id, c.project_id, c.description, c.unrestricted, c.role_ids, c.secret_hash,
      to_char(c.expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') as expires_at
    from application_credentials c where ${where} order by c.name`.execute(db);
  return result.rows;
}

export async function accessRulesOf(db: Queries, credentialId: string): Promise<readonly AccessRuleData[]> {
  const result = await sql<AccessRuleData>`
    select r.id, r.service, r.method, r.path from access_rules r
      join application_credential_access_rules l on l.access_rule_id = r.id
    where l.application_credential_id = ${credentialId} order by r.number`.execute(db);
  return result.rows;
}

/** Application credentials and access rules: keystone's `application_credential` API. */
export class ApplicationCredentials {
  constructor(
    private readonly changes: IdentityChanges,
    private readonly policy: IdentityPolicy,
  ) {}

  async list(
    ctx: RequestContext,
    { user_id: userId, filters }: OwnedListArgs,
  ): Promise<readonly ApplicationCredentialData[]> {
    this.policy.authorize(ctx, 'list_application_credentials', {}, { user_id: userId });
    requireNoTrust(ctx);
    const { db } = this.changes.store;
    const names = filters?.['name'];
    const named = names === undefined ? sql`true` : sql`c.name = any(${[...names]}::text[])`;
    const rows = await credentialRows(db, sql`c.user_id = ${userId} and ${named}`);
    return Promise.all(rows.map((row) => this.#data(db, row)));
  }

  async get(ctx: RequestContext, args: OwnedArgs): Promise<ApplicationCredentialData> {
    const { db } = this.changes.store;
    return this.#data(db, await this.#allowed(ctx, db, args, 'get_application_credential'));
  }

  async create(ctx: RequestContext, args: ApplicationCredentialCreateArgs): Promise<ApplicationCredentialData> {
    const { user_id: userId, name } = args;
    this.policy.authorize(ctx, 'create_application_credential', {}, { user_id: userId });
    requireNoTrust(ctx);
    requireUnrestricted(ctx, 'application credentials');
    const { project_id: projectId } = ctx;
    if (projectId === null) throw new ExpectedError('PolicyNotAuthorized', 'A project-scoped token is required.');
    const expiresAt = futureTime(args.expires_at);
    const secret = args.secret || randomBytes(SECRET_BYTES).toString('base64url');
    const hash = await hashPassword(secret);
    const id = newIdentityId();
    try {
      return await this.changes.store.transaction(
        async (tx) => {
          const roles = await this.#roles(tx, ctx, args, projectId);
          await sql`
            insert into application_credentials
              (id, name, user_id, project_id, description, secret_hash, role_ids, unrestricted, expires_at)
            values (${id}, ${name}, ${userId}, ${projectId}, ${args.description ?? null}, ${hash},
              ${JSON.stringify(roles)}::jsonb, ${args.unrestricted ?? false}, ${expiresAt}::timestamptz)`.execute(tx);
          for (const rule of args.access_rules ?? []) await this.#addRule(tx, { userId, credentialId: id }, rule);
          const [row] = await credentialRows(tx, sql`c.id = ${id}`);
          if (row === undefined) throw new Error('an application credential is not there after it was written');
          return { ...(await this.#data(tx, row)), secret };
        },
        { name: 'identity-application-credential' },
      );
    } catch (error) {
      if (violatedUnique(error) === null) throw error;
      const text = `Conflict occurred attempting to store application_credential - Duplicate entry found with name ${name}.`;
      throw new ExpectedError('Conflict', text);
    }
  }

  /** Ends its tokens. */
  async delete(ctx: RequestContext, args: OwnedArgs): Promise<void> {
    await this.changes.run({ kind: 'user', name: args.id }, async (tx) => {
      const row = await this.#allowed(ctx, tx, args, 'delete_application_credential');
      requireUnrestricted(ctx, 'application credentials');
      await sql`delete from application_credentials where id = ${row.id}`.execute(tx);
      await this.changes.revoke(tx, ctx, [revocationSubject.applicationCredential(row.id)]);
    });
  }

  async rules(
    ctx: RequestContext,
    { user_id: userId, filters = {} }: OwnedListArgs,
  ): Promise<readonly AccessRuleData[]> {
    const { db } = this.changes.store;
    await this.#authorizeRules(ctx, db, userId, 'list_access_rules');
    const wanted = ['service', 'path', 'method'].flatMap((name) => {
      const values = filters[name];
      return values === undefined ? [] : [sql`${sql.ref(name)} = any(${[...values]}::text[])`];
    });
    const result = await sql<AccessRuleData>`
      select id, service, method, path from access_rules
      where ${sql.join([sql`user_id = ${userId}`, ...wanted], sql` and `)} order by number`.execute(db);
    return result.rows;
  }

  async rule(ctx: RequestContext, args: OwnedArgs): Promise<AccessRuleData> {
    const { db } = this.changes.store;
    await this.#authorizeRules(ctx, db, args.user_id, 'get_access_rule');
    return this.#rule(db, args);
  }

  /** Error PolicyNotAuthorized while an application credential has it. */
  async deleteRule(ctx: RequestContext, args: OwnedArgs): Promise<void> {
    await this.changes.run({ kind: 'user', name: args.id }, async (tx) => {
      await this.#authorizeRules(ctx, tx, args.user_id, 'delete_access_rule');
      await this.#rule(tx, args);
      const used = await sql`
        select 1 from application_credential_access_rules where access_rule_id = ${args.id} limit 1`.execute(tx);
      if (used.rows.length > 0) {
        const text =
          'You are not authorized to perform the requested action: access rule in use by application credential.';
        throw new ExpectedError('DelegationForbidden', text);
      }
      await sql`delete from access_rules where id = ${args.id}`.execute(tx);
    });
  }

  async #rule(db: Queries, { id, user_id: userId }: OwnedArgs): Promise<AccessRuleData> {
    const result = await sql<AccessRuleData>`
      select id, service, method, path from access_rules where id = ${id} and user_id = ${userId}`.execute(db);
    const [rule] = result.rows;
    if (rule === undefined) throw new ExpectedError('AccessRuleNotFound', `Could not find Access Rule: ${id}.`);
    return rule;
  }

  async #authorizeRules(ctx: RequestContext, db: Queries, userId: string, action: string): Promise<void> {
    const user = await findOne(db, 'user', userId);
    this.policy.authorize(ctx, action, user === null ? {} : { user });
    requireNoTrust(ctx);
  }

  /** The owner is the row's, whatever user the path names. */
  async #allowed(
    ctx: RequestContext,
    db: Queries,
    { id, user_id: userId }: OwnedArgs,
    action: string,
  ): Promise<CredentialRow> {
    const [row] = await credentialRows(db, sql`c.id = ${id}`);
    this.policy.authorize(ctx, action, {}, { user_id: row?.user_id ?? userId });
    requireNoTrust(ctx);
    if (row !== undefined) return row;
    throw new ExpectedError('ApplicationCredentialNotFound', `Could not find Application Credential: ${id}.`, { id });
  }

  /** The ids of the roles: at most those that the user holds now, and by a delegation those of its token. */
  async #roles(
    tx: Transaction,
    ctx: RequestContext,
    { roles: named, user_id: userId }: ApplicationCredentialCreateArgs,
    projectId: string,
  ): Promise<readonly string[]> {
    const held = await rolesOf(tx, userId, sql`h.project_id = ${projectId}`);
    const isDelegated = Object.keys(delegationOf(ctx)).length > 0;
    const own = held.filter(({ name }) => !isDelegated || ctx.roles.includes(name)).map(({ id }) => id);
    if (named === undefined || named.length === 0) return own;
    const given = await namedRoles(tx, named);
    const all = await withImplied(
      tx,
      given.map(({ id }) => id),
    );
    if (all.every(({ id }) => own.includes(id))) return all.map(({ id }) => id);
    const text = 'Invalid application credential: Cannot create an application credential with unassigned role';
    throw new ExpectedError('InvalidInput', text);
  }

  async #addRule(
    tx: Transaction,
    { userId, credentialId }: { readonly userId: string; readonly credentialId: string },
    { id, service, method, path }: AccessRuleReference,
  ): Promise<void> {
    let ruleId = id;
    if (ruleId === undefined) {
      const result = await sql<{ id: string }>`
        insert into access_rules (id, user_id, service, method, path)
        values (${newIdentityId()}, ${userId}, ${service ?? ''}, ${method ?? ''}, ${path ?? ''})
        on conflict (user_id, service, method, path) do update set path = excluded.path returning id`.execute(tx);
      ruleId = result.rows[0]?.id ?? '';
    } else await this.#rule(tx, { id: ruleId, user_id: userId });
    await sql`
      insert into application_credential_access_rules values (${credentialId}, ${ruleId}) on conflict do nothing`.execute(
      tx,
    );
    const count = await sql`
      select 1 from application_credential_access_rules where application_credential_id = ${credentialId}`.execute(tx);
    // A token carries them.
    if (count.rows.length > MOST_RULES) {
      throw new ExpectedError('InvalidInput', `An application credential has at most ${MOST_RULES} access rules.`);
    }
  }

  async #data(
    db: Queries,
    { role_ids: roleIds, secret_hash: _hash, ...row }: CredentialRow,
  ): Promise<ApplicationCredentialData> {
    return { ...row, roles: await rolesById(db, roleIds), access_rules: await accessRulesOf(db, row.id) };
  }
}
