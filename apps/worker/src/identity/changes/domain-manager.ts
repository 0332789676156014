import { sql } from 'kysely';
import { ExpectedError, revocationSubject } from '#libs/contracts';
import type { DomainCreateArgs, DomainData, DomainFields, DomainUpdateArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Transaction } from '../../store/index.js';
import { DEFAULT_DOMAIN } from '../default-roles.js';
import { endHeld } from './role-holders.js';
import type { IdentityChanges } from './identity-changes.js';
import { changed, conflict, newIdentityId, resourceColumns, storedResource } from './identity-changes.js';
import { requireDeletable, requireMutable } from './immutable.js';

type DomainChange = DomainFields & { readonly name?: string };

export class DomainManager {
  constructor(private readonly changes: IdentityChanges) {}

  async create(ctx: RequestContext, args: DomainCreateArgs): Promise<DomainData> {
    this.changes.authorize(ctx, 'create_domain', { domain: args });
    const { explicit_domain_id: explicit, name } = args;
    const id = explicit ?? newIdentityId();
    if (!/^[0-9a-f]{32}$/.test(id)) {
      throw new ExpectedError('InvalidInput', 'Domain ID does not conform to required UUID format.');
    }
    return this.changes.run({ kind: 'domain', name, id }, async (tx) => {
      await this.insert(tx, id, args);
      return this.changes.get(tx, 'domain', id);
    });
  }

  /** Disabling one makes every token of its users, for its projects and for itself invalid. */
  async update(ctx: RequestContext, args: DomainUpdateArgs): Promise<DomainData> {
    const { id, ...fields } = args;
    return this.changes.run({ kind: 'domain', name: fields.name ?? '', id }, async (tx) => {
      await this.store(tx, ctx, await this.changes.getFor(ctx, tx, 'domain', { id, action: 'update' }), fields);
      return this.changes.get(tx, 'domain', id);
    });
  }

  /** Takes all projects and users of the domain with it, as keystone does. */
  async delete(ctx: RequestContext, id: string): Promise<void> {
    await this.changes.run({ kind: 'domain', name: id }, async (tx) => {
      await this.remove(tx, ctx, await this.changes.getFor(ctx, tx, 'domain', { id, action: 'delete' }));
    });
  }

  /** Within the transaction of somebody who may. Error Conflict. */
  async insert(tx: Transaction, id: string, args: DomainChange & { readonly name: string }): Promise<void> {
    const { description, enabled, tags } = args;
    const name = args.name.trim();
    await requireFreeName(tx, name, id);
    const values = { id, name, description: description ?? '', enabled: enabled ?? true };
    await tx
      .insertInto('domains')
      .values({ ...values, ...resourceColumns(args), tags: JSON.stringify(tags ?? []) })
      .execute();
  }

  /** Within the transaction of somebody who may. Errors: Conflict, PolicyNotAuthorized for an immutable one. */
  async store(tx: Transaction, ctx: RequestContext, before: DomainData, fields: DomainChange): Promise<void> {
    const { description, enabled, tags } = fields;
    const name = fields.name?.trim();
    const { id } = before;
    requireMutable('domain', before, fields);
    if (name !== undefined) await requireFreeName(tx, name, id);
    const values = changed({
      name,
      description: description === null ? '' : description,
      enabled,
      tags: tags === undefined ? undefined : JSON.stringify(tags),
      ...storedResource(before, fields),
    });
    if (Object.keys(values).length > 0) await tx.updateTable('domains').set(values).where('id', '=', id).execute();
    if (before.enabled && enabled === false) await this.changes.revoke(tx, ctx, [revocationSubject.domain(id)]);
  }

  /**
   * With its roles, users and projects, within the transaction of somebody who may. Error PolicyNotAuthorized for one that
   * is enabled, immutable or the first.
   */
  async remove(tx: Transaction, ctx: RequestContext, domain: DomainData): Promise<void> {
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
  // Two that take the same name at the same moment: the second one sees the first.
  await sql`select pg_advisory_xact_lock(hashtextextended('identity:domain:' || lower(${name}), 0))`.execute(tx);
  const taken = await sql`select 1 from domains where lower(name) = lower(${name}) and id <> ${own}`.execute(tx);
  if (taken.rows.length > 0) throw conflict({ kind: 'domain', name });
}

/** Immutable projects keep their domain. Error PolicyNotAuthorized. */
async function requireDeletableProjects(tx: Transaction, domainId: string): Promise<void> {
  const projects = await tx
    .selectFrom('projects')
    .select(['id', 'options'])
    .where('domain_id', '=', domainId)
    .execute();
  for (const project of projects) requireDeletable('project', project);
}
