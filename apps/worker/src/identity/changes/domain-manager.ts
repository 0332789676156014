import { sql } from 'kysely';
import { ExpectedError, revocationSubject } from '#libs/contracts';
import type { DomainCreateArgs, DomainData, DomainUpdateArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Transaction } from '../../store/index.js';
import { DEFAULT_DOMAIN } from '../default-roles.js';
import type { IdentityChanges } from './identity-changes.js';
import { changed, duplicateName, newIdentityId, resourceColumns, storedResource } from './identity-changes.js';
import { requireDeletable, requireMutable } from './immutable.js';

export class DomainManager {
  constructor(private readonly changes: IdentityChanges) {}

  async create(ctx: RequestContext, args: DomainCreateArgs): Promise<DomainData> {
    this.changes.authorize(ctx, 'create_domain', { domain: args });
    const id = newIdentityId();
    const { name, description, enabled } = args;
    return this.changes.run('domain', name, async (tx) => {
      await requireFreeName(tx, name);
      const values = { id, name, description: description ?? '', enabled: enabled ?? true };
      await tx
        .insertInto('domains')
        .values({ ...values, ...resourceColumns(args), tags: JSON.stringify(args.tags ?? []) })
        .execute();
      return this.changes.get(tx, 'domain', id);
    });
  }

  /** Disabling one makes every token of its users, for its projects and for itself invalid. */
  async update(ctx: RequestContext, args: DomainUpdateArgs): Promise<DomainData> {
    const { id, ...fields } = args;
    const { name, description, enabled, tags } = fields;
    return this.changes.run('domain', name ?? '', async (tx) => {
      const before = await this.changes.getFor(ctx, tx, 'domain', { id, action: 'update' });
      requireMutable('domain', before, fields);
      if (name !== undefined) await requireFreeName(tx, name, id);
      const values = changed({
        name,
        description: description === null ? '' : description,
        enabled,
        tags: tags === undefined ? undefined : JSON.stringify(tags),
        ...storedResource(before, args),
      });
      if (Object.keys(values).length > 0) await tx.updateTable('domains').set(values).where('id', '=', id).execute();
      if (before.enabled && enabled === false) await this.changes.revoke(tx, ctx, [revocationSubject.domain(id)]);
      return this.changes.get(tx, 'domain', id);
    });
  }

  /** Takes all projects and users of the domain with it, as keystone does. */
  async delete(ctx: RequestContext, id: string): Promise<void> {
    await this.changes.run('domain', id, async (tx) => {
      const domain = await this.changes.getFor(ctx, tx, 'domain', { id, action: 'delete' });
      requireDeletable('domain', domain);
      if (id === DEFAULT_DOMAIN.id || domain.enabled) {
        const what = id === DEFAULT_DOMAIN.id ? 'the default domain' : 'a domain that is enabled';
        const hint = id === DEFAULT_DOMAIN.id ? '' : ', please disable it first';
        throw new ExpectedError('PolicyNotAuthorized', `Cannot delete ${what}${hint}.`);
      }
      await requireDeletableProjects(tx, id);
      await tx.deleteFrom('users').where('domain_id', '=', id).execute();
      await tx.deleteFrom('projects').where('domain_id', '=', id).execute();
      await tx.deleteFrom('domains').where('id', '=', id).execute();
      await this.changes.revoke(tx, ctx, [revocationSubject.domain(id)]);
    });
  }
}

/** Names of domains are compared without case. Error Conflict. */
async function requireFreeName(tx: Transaction, name: string, own = ''): Promise<void> {
  // Two that take the same name at the same moment: the second one sees the first.
  await sql`select pg_advisory_xact_lock(hashtextextended('identity:domain:' || lower(${name}), 0))`.execute(tx);
  const taken = await sql`select 1 from domains where lower(name) = lower(${name}) and id <> ${own}`.execute(tx);
  if (taken.rows.length > 0) throw duplicateName('domain', name);
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
