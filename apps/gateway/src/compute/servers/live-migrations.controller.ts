import { Controller, Delete, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { MigrationPage, actionOf } from '#libs/contracts';
import type { MigrationData, ServerActionName } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { InvalidBody } from '../../edge/validation/invalid-body.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { toMicroseconds } from '../time-form.js';
import { Microversions } from '../versions/microversion.hooks.js';
import { versionOf } from '../versions/microversion.js';

/** `/servers/{id}/migrations`: running live migrations. */
@Controller('v2.1/servers/:id/migrations')
export class LiveMigrationsController {
  constructor(private readonly conductor: ConductorClient) {}

  @Get()
  @Microversions(23)
  @AuthorizeObject('os_compute_api:servers:migrations:index')
  async list(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    const answer = await this.conductor.call(request, 'server_migrations', { id });
    const migrations = MigrationPage.unwrap(answer).objects.map((migration) => view(migration, request));
    return { migrations };
  }

  @Get(':migration')
  @Microversions(23)
  @AuthorizeObject('os_compute_api:servers:migrations:show')
  async show(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Param('migration') number: string,
  ): Promise<unknown> {
    const answer = await this.conductor.call(request, 'server_migrations', { id, number });
    const [migration] = MigrationPage.unwrap(answer).objects;
    return { migration: migration === undefined ? null : view(migration, request) };
  }

  @Delete(':migration')
  @Microversions(24)
  @AuthorizeObject(actionOf('abort_live_migration').rule)
  @HttpCode(202)
  abort(@Req() request: FastifyRequest, @Param('id') id: string, @Param('migration') number: string): Promise<void> {
    return this.#act(request, id, 'abort_live_migration', number);
  }

  /** The body is `{"force_complete": null}`. */
  @Post(':migration/action')
  @Microversions(22)
  @AuthorizeObject(actionOf('force_complete_live_migration').rule)
  @HttpCode(202)
  async complete(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Param('migration') number: string,
  ): Promise<void> {
    const { body } = request;
    const entries = typeof body === 'object' && body !== null ? Object.entries(body) : [];
    if (entries.length !== 1 || entries[0]?.[0] !== 'force_complete' || entries[0][1] !== null) {
      throw new InvalidBody({
        field: 'force_complete',
        value: body,
        reason: `the value is not {"force_complete": null}`,
      });
    }
    await this.#act(request, id, 'force_complete_live_migration', number);
  }

  async #act(request: FastifyRequest, id: string, action: ServerActionName, number: string): Promise<void> {
    const body = { migration_id: number };
    await this.conductor.call(request, 'server_act', {
      id,
      action,
      microversion: versionOf(request),
      body,
    });
  }
}

function view(migration: MigrationData, request: FastifyRequest): Record<string, unknown> {
  const version = versionOf(request);
  // The copied amounts, which no driver reports; then nova has null, too.
  const progress = { total_bytes: null, processed_bytes: null, remaining_bytes: null };
  const of = (part: string): object =>
    Object.fromEntries(Object.entries(progress).map(([name, value]) => [`${part}_${name}`, value]));
  return {
    created_at: toMicroseconds(migration.created_at),
    dest_compute: migration.dest_compute,
    dest_host: null,
    dest_node: migration.dest_node,
    ...of('disk'),
    id: migration.number,
    ...of('memory'),
    server_uuid: migration.instance_uuid,
    source_compute: migration.source_compute,
    source_node: migration.source_node,
    status: migration.status,
    updated_at: toMicroseconds(migration.updated_at),
    ...(version >= 59 && { uuid: migration.id }),
    ...(version >= 80 && { user_id: migration.user_id, project_id: migration.project_id }),
  };
}
