import { Controller, Get, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { MigrationPage } from '#libs/contracts';
import type { MigrationData } from '#libs/contracts';
import { Authorize } from '../../edge/access/access.decorators.js';
import { lastOf, queryOf } from '../../edge/query/query.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { Pages } from '../paging.js';
import { requireOrder } from './server-query.js';
import type { ResourceLinks } from '../resource-links.js';
import { timeIn, toMicroseconds } from '../time-form.js';
import { Version } from '../versions/microversion.js';

/** The filters of every version, and those of later ones, with their names on the bus. */
const FILTERS: readonly (readonly [name: string, field: string, since: number])[] = [
  ['host', 'host', 1],
  ['instance_uuid', 'instance_uuid', 1],
  ['source_compute', 'source_compute', 1],
  ['status', 'status', 1],
  ['migration_type', 'migration_type', 1],
  ['changes-since', 'changes_since', 59],
  ['changes-before', 'changes_before', 66],
  ['user_id', 'user_id', 80],
  ['project_id', 'project_id', 80],
];

const IN_PROGRESS = new Set(['accepted', 'queued', 'preparing', 'running', 'post-migrating']);

/** `/os-migrations`. */
@Controller('v2.1/os-migrations')
export class MigrationsController {
  constructor(
    private readonly conductor: ConductorClient,
    private readonly pages: Pages,
  ) {}

  @Get()
  @Authorize('os_compute_api:os-migrations:index')
  async list(@Req() request: FastifyRequest, @Version() version: number): Promise<unknown> {
    const query = queryOf(request);
    const filters = Object.fromEntries(
      FILTERS.flatMap(([name, field, since]) => {
        if (version < since) return [];
        const value = name.startsWith('changes-') ? timeIn(query, name) : lastOf(query, name);
        return value === undefined ? [] : [[field, [value]]];
      }),
    );
    requireOrder(filters['changes_since']?.[0], filters['changes_before']?.[0]);
    const page = version >= 59 ? this.pages.asked(request, { emptyIsNone: true }) : {};
    const answer = await this.conductor.call(request, 'migration_list', { filters, ...page });
    const { objects, next_marker: next } = MigrationPage.unwrap(answer);
    const links = this.pages.links(request);
    const migrations = objects.map((migration) => migrationView(migration, version, links));
    if (version < 59) return { migrations };
    return { migrations, ...this.pages.next(request, 'migrations', 'os-migrations', next) };
  }
}

function migrationView(migration: MigrationData, version: number, links: ResourceLinks): Record<string, unknown> {
  const { number: id, instance_uuid: server, status, migration_type: type } = migration;
  const isLive = type === 'live-migration' && IN_PROGRESS.has(status);
  return {
    id,
    instance_uuid: server,
    source_compute: migration.source_compute,
    source_node: migration.source_node,
    dest_compute: migration.dest_compute,
    // The address of the destination, which no driver reports.
    dest_host: null,
    dest_node: migration.dest_node,
    old_instance_type_id: flavorNumber(migration.old_flavor_id),
    new_instance_type_id: flavorNumber(migration.new_flavor_id),
    status,
    created_at: toMicroseconds(migration.created_at),
    updated_at: toMicroseconds(migration.updated_at),
    ...(version >= 23 && { migration_type: type }),
    ...(version >= 23 && isLive && { links: links.both(`servers/${server}/migrations/${id}`) }),
    ...(version >= 59 && { uuid: migration.id }),
    ...(version >= 80 && { user_id: migration.user_id, project_id: migration.project_id }),
  };
}

/** nova has row numbers here; a flavor whose id is a text has none. */
function flavorNumber(id: string | null): number | null {
  return id !== null && /^\d{1,9}$/.test(id) ? Number(id) : null;
}
