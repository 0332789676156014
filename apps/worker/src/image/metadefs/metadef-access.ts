import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { MetadefNamespaceData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Authorizer } from '../../policy/authorizer.js';
import { violatedUnique } from '../../store/index.js';
import type { Queries } from '../../store/index.js';

export type NamespaceRow = Omit<MetadefNamespaceData, 'items'>;

export const NAMESPACE_COLUMNS = [
  'namespace',
  'display_name',
  'description',
  'visibility',
  'protected',
  'owner',
  'created_at',
  'updated_at',
] as const;

/** The namespaces that a caller may see, and what the caller may change in them. */
export class MetadefAccess {
  constructor(private readonly authorizer: Authorizer) {}

  /** A namespace that the caller may see. */
  async namespace(db: Queries, ctx: RequestContext, name: string): Promise<NamespaceRow> {
    const row = await db
      .selectFrom('metadef_namespaces')
      .select(NAMESPACE_COLUMNS)
      .where('namespace', '=', name)
      .executeTakeFirst();
    if (row !== undefined && this.allows(ctx, 'get_metadef_namespace', row)) return row;
    throw metadefNotFound(`Namespace ${name} not found`);
  }

  /** A condition on namespaces: public ones and the caller's own; all for administrators. */
  visible(ctx: RequestContext) {
    if (this.authorizer.allows(ctx, 'image', 'context_is_admin', {})) return sql<boolean>`true`;
    return sql<boolean>`(visibility = 'public' or owner = ${ctx.project_id ?? ''})`;
  }

  allows(ctx: RequestContext, rule: string, row: NamespaceRow | null): boolean {
    const target =
      row === null ? { project_id: ctx.project_id ?? '' } : { project_id: row.owner ?? '', visibility: row.visibility };
    return this.authorizer.allows(ctx, 'image', rule, target);
  }

  require(ctx: RequestContext, rule: string, row: NamespaceRow | null): void {
    if (this.allows(ctx, rule, row)) return;
    throw new ExpectedError('PolicyNotAuthorized', `You are not authorized to complete ${rule} action.`, { rule });
  }
}

/** Error ImageForbidden. */
export function requireUnprotected(row: NamespaceRow): void {
  if (!row.protected) return;
  throw new ExpectedError(
    'ImageForbidden',
    `Metadata definition namespace ${row.namespace} is protected and cannot be deleted.`,
  );
}

export function metadefNotFound(message: string): ExpectedError {
  return new ExpectedError('MetadefNotFound', message);
}

/** Runs a statement; if a unique constraint forbids it: error Conflict. */
export async function requireUnique(message: string, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    throw violatedUnique(error) === undefined ? error : new ExpectedError('Conflict', message);
  }
}
