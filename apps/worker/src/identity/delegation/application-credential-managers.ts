import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { AccessRule, ApplicationCredential, ExpectedError, revocationSubject } from '#libs/contracts';
import type {
  AccessRuleData,
  AccessRuleReference,
  ApplicationCredentialData,
  ListArgs,
  RoleReference,
} from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { Manages } from '../../resources/manages.js';
import type { Values } from '../../resources/resource-rows.js';
import type { Queries, Transaction } from '../../store/index.js';
import { newIdentityId } from '../changes/identity-changes.js';
import { rolesOf } from '../held-roles.js';
import { findOne } from '../identity-kinds.js';
import { hashPassword } from '../password-hash.js';
import { DirectoryResource } from '../resources/directory-resource.js';
import type { Operation, Target } from '../resources/directory-resource.js';
import { directoryTable } from '../resources/directory-table.js';
import {
  delegationOf,
  forbiddenAction,
  futureTime,
  listedUser,
  namedRoles,
  ofUser,
  requireNoTrust,
  requireUnrestricted,
  rolesIn,
  withImplied,
} from './delegated-roles.js';

const SECRET_BYTES = 64;
const MOST_RULES = 100;

/** The requests that a user's programs may make, as defined with its application credentials. */
@Manages(directoryTable(AccessRule, { filters: ofUser, sortKeys: { number: sql`t.number` }, defaultSort: 'number' }))
export class AccessRuleManager extends DirectoryResource<AccessRuleData> {
  protected override listTarget(_context: RequestContext, args: ListArgs): Target {
    return listedUser(args);
  }

  protected override target(_row: object, userId?: string): Target {
    return { user_id: userId };
  }

  protected override missingTarget(userId?: string): Target {
    return { user_id: userId };
  }

  protected override async authorize(
    context: RequestContext,
    operation: Operation,
    { user_id: userId }: Target,
    db: Queries,
  ): Promise<void> {
    const user = await findOne(db, 'user', String(userId));
    await super.authorize(context, operation, user === null ? {} : { user }, db);
    requireNoTrust(context);
  }

  /** Error DelegationForbidden while an application credential uses it. */
  protected override async beforeDelete(tx: Transaction, { id }: AccessRuleData): Promise<void> {
    const used = await sql`
      select 1 from application_credential_access_rules where access_rule_id = ${id} limit 1`.execute(tx);
    if (used.rows.length > 0) throw forbiddenAction('access rule in use by application credential');
  }
}

const accessRules = sql`(
  select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'service', r.service, 'method', r.method, 'path', r.path)
    order by r.number), '[]')
  from access_rules r join application_credential_access_rules l on l.access_rule_id = r.id
  where l.application_credential_id = t.id)`;

/** Credentials with which a user's programs log in. Only the hashes of the secrets are stored. */
@Manages(
  directoryTable(ApplicationCredential, {
    columns: {
      project_id: sql`t.project_id`,
      roles: rolesIn('t.role_ids'),
      access_rules: accessRules,
      expires_at: sql`to_char(t.expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')`,
    },
    filters: ofUser,
    defaultSort: 'name',
  }),
)
export class ApplicationCredentialManager extends DirectoryResource<ApplicationCredentialData> {
  protected override listTarget(_context: RequestContext, args: ListArgs): Target {
    return listedUser(args);
  }

  /** The owner is that of the row, whichever user the path names. */
  protected override target(row: object): Target {
    return { ...row };
  }

  protected override missingTarget(userId?: string): Target {
    return { user_id: userId };
  }

  protected override at(id: string): RawBuilder<boolean> {
    return sql<boolean>`t.id = ${id}`;
  }

  protected override async authorize(
    context: RequestContext,
    operation: Operation,
    { user_id: userId }: Target,
  ): Promise<void> {
    this.shared.policy.authorize(context, this.rule(operation), {}, { user_id: userId });
    requireNoTrust(context);
    if (operation === 'create') requireUnrestricted(context, 'application credentials');
  }

  /** Here because hashing is slow. */
  protected override async prepare(values: Values, context: RequestContext): Promise<Values> {
    const { project_id: projectId } = context;
    if (projectId === null) throw new ExpectedError('PolicyNotAuthorized', 'A project-scoped token is required.');
    const expiresAt = futureTime(values['expires_at']);
    const { secret: given } = values;
    const secret = typeof given === 'string' && given !== '' ? given : randomBytes(SECRET_BYTES).toString('base64url');
    const secretHash = await hashPassword(secret);
    return { ...values, project_id: projectId, expires_at: expiresAt, secret, secret_hash: secretHash };
  }

  /**
   * Sets the ids of the roles: at most the roles that the user holds now, and for a delegated token at most those of
   * the token.
   */
  protected override async beforeCreate(tx: Transaction, values: Values, context: RequestContext): Promise<void> {
    const held = await rolesOf(tx, String(values['user_id']), sql`h.project_id = ${values['project_id']}`);
    const isDelegated = Object.keys(delegationOf(context)).length > 0;
    const own = held.filter(({ name }) => !isDelegated || context.roles.includes(name)).map(({ id }) => id);
    const named = (values['roles'] ?? []) as readonly RoleReference[];
    const given = (await namedRoles(tx, named)).map(({ id }) => id);
    const ids = named.length === 0 ? own : (await withImplied(tx, given)).map(({ id }) => id);
    if (!ids.every((id) => own.includes(id))) {
      const text = 'Invalid application credential: Cannot create an application credential with unassigned role';
      throw new ExpectedError('InvalidInput', text);
    }
    values['role_ids'] = JSON.stringify(ids);
  }

  protected override async insert(tx: Transaction, values: Values): Promise<void> {
    await super.insert(tx, values);
    const rules = (values['access_rules'] ?? []) as readonly AccessRuleReference[];
    for (const rule of rules) await addRule(tx, String(values['id']), String(values['user_id']), rule);
  }

  protected override written(values: Values): Values {
    const { project_id, role_ids, secret_hash } = values;
    const unrestricted = values['unrestricted'] ?? false;
    return { ...super.written(values), unrestricted, project_id, role_ids, secret_hash };
  }

  protected override duplicate([values = {}]: readonly Values[]): string {
    return `Duplicate entry found with name ${String(values['name'])}`;
  }

  protected override toldOnce({ secret }: Values): object {
    return { secret };
  }

  /** Revokes its tokens. */
  protected override async beforeDelete(
    tx: Transaction,
    { id }: ApplicationCredentialData,
    context: RequestContext,
  ): Promise<void> {
    requireUnrestricted(context, 'application credentials');
    await this.shared.changes.revoke(tx, context, [revocationSubject.applicationCredential(id)]);
  }
}

/** An existing rule, or a new one. Errors: AccessRuleNotFound, InvalidInput. */
async function addRule(
  tx: Transaction,
  credentialId: string,
  userId: string,
  { id, service, method, path }: AccessRuleReference,
): Promise<void> {
  let ruleId = id;
  if (ruleId === undefined) {
    const result = await sql<{ id: string }>`
      insert into access_rules (id, user_id, service, method, path)
      values (${newIdentityId()}, ${userId}, ${service ?? ''}, ${method ?? ''}, ${path ?? ''})
      on conflict (user_id, service, method, path) do update set path = excluded.path returning id`.execute(tx);
    ruleId = result.rows[0]?.id ?? '';
  } else {
    const found = await sql`select 1 from access_rules where id = ${ruleId} and user_id = ${userId}`.execute(tx);
    if (found.rows.length === 0)
      throw new ExpectedError('AccessRuleNotFound', `Could not find Access Rule: ${ruleId}.`);
  }
  await sql`
    insert into application_credential_access_rules values (${credentialId}, ${ruleId}) on conflict do nothing`.execute(
    tx,
  );
  const count = await sql`
    select 1 from application_credential_access_rules where application_credential_id = ${credentialId}`.execute(tx);
  // Limited because tokens contain them.
  if (count.rows.length > MOST_RULES) {
    throw new ExpectedError('InvalidInput', `An application credential has at most ${MOST_RULES} access rules.`);
  }
}
