import { sql } from 'kysely';
import { ExpectedError, revocationSubject } from '#libs/contracts';
import type { DirectoryCreateArgs, Domain, DomainData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Transaction } from '../../store/index.js';
import { DEFAULT_DOMAIN } from '../held-roles.js';
import { endHeld } from './role-holders.js';
import { DirectoryManager } from './directory-manager.js';
import type { Fields } from './directory-manager.js';
import {
  conflict,
  newIdentityId,
  resourceColumns,
  storedPlace,
  requireDeletable,
  requireMutable,
} from './identity-changes.js';

/** Disabling a domain invalidates all tokens of its users, for its projects and for the domain itself. */
export class DomainManager extends DirectoryManager<'domain'> {
  protected readonly kind = 'domain';

  async create(ctx: RequestContext, args: DirectoryCreateArgs<Domain>): Promise<DomainData> {
    this.changes.authorize(ctx, 'create_domain', { domain: args });
    const { explicit_domain_id: explicit, name } = args;
    const id = explicit ?? newIdentityId();
    if (!/^[0-9a-f]{32}$/.test(id)) {
      throw new ExpectedError('InvalidInput', 'Domain ID does not conform to required UUID format.');
    }
    return this.make({ name, id }, (tx) => this.insert(tx, id, args));
  }

  /** Called within the transaction, after the policy check. Error Conflict. */
  async insert(tx: Transaction, id: string, args: DirectoryCreateArgs<Domain>): Promise<void> {
    const { description, enabled, tags } = args;
    const name = args.name.trim();
    await requireFreeName(tx, name, id);
    const values = { id, name, description: description ?? '', enabled: enabled ?? true };
    await tx
      .insertInto('domains')
      .values({ ...values, ...resourceColumns(args), tags: JSON.stringify(tags ?? []) })
      .execute();
  }

  /**
   * Called within the transaction, after the policy check. Errors: Conflict, PolicyNotAuthorized for an immutable
   * domain.
   */
  override async store(
    tx: Transaction,
    ctx: RequestContext,
    before: DomainData,
    fields: Fields<Domain>,
  ): Promise<void> {
    const { name, enabled } = fields;
    const { id } = before;
    requireMutable('domain', before, fields);
    if (name !== undefined) await requireFreeName(tx, name, id);
    await this.write(tx, id, storedPlace(before, fields));
    if (before.enabled && enabled === false) await this.changes.revoke(tx, ctx, [revocationSubject.domain(id)]);
  }

  /**
   * Deletes a domain with its roles, users and projects, as keystone does; called within the transaction, after the
   * policy check. Error PolicyNotAuthorized for a domain that is enabled, immutable or the default one.
   */
  override async remove(tx: Transaction, ctx: RequestContext, domain: DomainData): Promise<void> {
    const { id } = domain;
    requireDeletable('domain', domain);
    if (id === DEFAULT_DOMAIN.id) throw new ExpectedError('PolicyNotAuthorized', 'Cannot delete the default domain.');
    if (domain.enabled) {
      const text = 'Cannot delete a domain that is enabled, please disable it first.';
      throw new ExpectedError('PolicyNotAuthorized', text);
    }
    await requireDeletableProjects(tx, id);
    const roles = sql`h.role_id in (select id from roles where domain_id = ${id})`;
    const subjects = await endHeld(tx, roles);
    await tx.deleteFrom('roles').where('domain_id', '=', id).execute();
    await tx.deleteFrom('users').where('domain_id', '=', id).execute();
    await tx.deleteFrom('projects').where('domain_id', '=', id).execute();
    await tx.deleteFrom('domains').where('id', '=', id).execute();
    await this.changes.revoke(tx, ctx, [revocationSubject.domain(id), ...subjects]);
  }
}

/** Names of domains are compared without case. Error Conflict. */
async function requireFreeName(tx: Transaction, name: string, own: string): Promise<void> {
  // If two transactions take the same name at the same moment, the second one sees the first.
  await sql`select pg_advisory_xact_lock(hashtextextended('identity:domain:' || lower(${name}), 0))`.execute(tx);
  const taken = await sql`select 1 from domains where lower(name) = lower(${name}) and id <> ${own}`.execute(tx);
  if (taken.rows.length > 0) throw conflict({ kind: 'domain', name });
}

/** Refuses the delete if a project is immutable. Error PolicyNotAuthorized. */
async function requireDeletableProjects(tx: Transaction, domainId: string): Promise<void> {
  const projects = await tx
    .selectFrom('projects')
    .select(['id', 'options'])
    .where('domain_id', '=', domainId)
    .execute();
  for (const project of projects) requireDeletable('project', project);
}
