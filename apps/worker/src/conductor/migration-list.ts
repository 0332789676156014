import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { ListArgs, MigrationData, Page, ServerMigrationsArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { changeFilters, expressionFilter, textFilter } from '../listing/filters.js';
import type { Filter, ListDefinition } from '../listing/list-definition.js';
import { listRows } from '../listing/list-rows.js';
import type { Authorizer } from '../policy/authorizer.js';
import type { Store } from '../store/index.js';
import { ownerOf } from './servers/actions/action-handler.js';
import { visibleServer } from './servers/visible-server.js';

const RULE = 'os_compute_api:os-migrations:index';
const ALL_PROJECTS_RULE = 'os_compute_api:os-migrations:index:all_projects';
const HOST_RULE = 'os_compute_api:os-migrations:index:host';

const LIVE_RULE = 'os_compute_api:servers:migrations';
const LIVE_HOST_RULE = 'os_compute_api:servers:migrations:index:host';
/** The statuses that nova counts as in progress in its lists and when a client asks for one migration. */
const LISTED = ['accepted', 'queued', 'preparing', 'running', 'post-migrating'];
const SHOWN = new Set(LISTED.slice(1));
const HIDDEN = { source_compute: null, source_node: null, dest_compute: null, dest_node: null };

const host: Filter = (values) =>
  sql<boolean>`(m.source_compute = any(${[...values]}::text[]) or m.dest_compute = any(${[...values]}::text[]))`;

const migrations: ListDefinition = {
  noMarker: (marker) => `Marker ${marker} could not be found.`,
  from: sql`migrations m`,
  select: sql`m.uuid as id, m.id as number, m.instance_id as instance_uuid, m.migration_type, m.status, m.source_compute, m.source_node,
    m.dest_compute, m.dest_node, m.old_flavor->>'id' as old_flavor_id, m.new_flavor->>'id' as new_flavor_id,
    m.user_id, m.project_id, m.created_at, m.updated_at`,
  id: sql`m.uuid`,
  filters: {
    id: textFilter('m.uuid'),
    number: expressionFilter(sql`m.id::text`),
    instance_uuid: textFilter('m.instance_id'),
    migration_type: textFilter('m.migration_type'),
    status: textFilter('m.status'),
    source_compute: textFilter('m.source_compute'),
    host,
    project_id: textFilter('m.project_id'),
    user_id: textFilter('m.user_id'),
    ...changeFilters('m.updated_at'),
  },
  sortKeys: { created_at: sql`m.created_at`, number: sql`m.id` },
  defaultSort: [
    { key: 'created_at', dir: 'desc' },
    { key: 'number', dir: 'desc' },
  ],
};

/** The migrations of servers, the newest first. */
export class MigrationList {
  constructor(
    private readonly store: Store,
    private readonly authorizer: Authorizer,
  ) {}

  /** Migrations of other projects, or of all, need a policy rule of their own. Error: PolicyNotAuthorized. */
  async list(context: RequestContext, args: ListArgs): Promise<Page<MigrationData>> {
    const target = { project_id: context.project_id };
    this.authorizer.authorize(context, 'compute', RULE, target);
    const wanted = args.filters?.['project_id'] ?? [];
    const isOwn = wanted.length > 0 && wanted.every((id) => id === context.project_id);
    if (!isOwn) this.authorizer.authorize(context, 'compute', ALL_PROJECTS_RULE, target);
    const page = await listRows<MigrationData>(this.store.db, migrations, sql<boolean>`true`, args);
    const withHosts = this.authorizer.allows(context, 'compute', HOST_RULE, target);
    const objects = withHosts ? page.rows : page.rows.map((row) => ({ ...row, ...HIDDEN }));
    return { objects, next_marker: page.nextMarker };
  }

  /** Errors: InstanceNotFound, MigrationNotFound, PolicyNotAuthorized. */
  async ofServer(context: RequestContext, { id, number }: ServerMigrationsArgs): Promise<Page<MigrationData>> {
    const rule = number === undefined ? 'index' : 'show';
    const server = await visibleServer(this.store.db, this.authorizer, context, id);
    this.authorizer.authorize(context, 'compute', `${LIVE_RULE}:${rule}`, ownerOf(server));
    const filters = {
      instance_uuid: [id],
      ...(number === undefined ? { migration_type: ['live-migration'] } : { number: [number] }),
    };
    const sorted = { sort_keys: ['number'], sort_dirs: ['asc'] } as const;
    const { rows } = await listRows<MigrationData>(this.store.db, migrations, sql<boolean>`true`, {
      filters,
      ...sorted,
    });
    if (number !== undefined) return { objects: [oneLive(rows[0], id, number)], next_marker: null };
    const withHosts = this.authorizer.allows(context, 'compute', LIVE_HOST_RULE, ownerOf(server));
    const objects = rows.filter(({ status }) => LISTED.includes(status));
    return { objects: withHosts ? objects : objects.map((row) => ({ ...row, ...HIDDEN })), next_marker: null };
  }
}

function oneLive(row: MigrationData | undefined, id: string, number: string): MigrationData {
  const text =
    row === undefined
      ? `In-progress live migration ${number} is not found for server ${id}.`
      : row.migration_type !== 'live-migration'
        ? `Migration ${number} for server ${id} is not live-migration.`
        : `Live migration ${number} for server ${id} is not in progress.`;
  if (row?.migration_type !== 'live-migration' || !SHOWN.has(row.status))
    throw new ExpectedError('MigrationNotFound', text);
  return row;
}
