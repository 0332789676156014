import { Controller, Get, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { InstanceAction, InstanceActionPage } from '#libs/contracts';
import type { InstanceActionData, InstanceActionEvent } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { queryOf } from '../../edge/query/query.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { Pages } from '../paging.js';
import { timeIn, toMicroseconds } from '../time-form.js';
import { requireOrder } from './server-query.js';
import { hostIdOf } from './server.view.js';
import { Version } from '../versions/microversion.js';

const RULE = 'os_compute_api:os-instance-actions';

/** `/servers/{id}/os-instance-actions`: the actions of a server; since 2.21 also of a deleted one. */
@Controller('v2.1/servers/:id/os-instance-actions')
export class InstanceActionsController {
  constructor(
    private readonly edge: Edge,
    private readonly conductor: ConductorClient,
    private readonly pages: Pages,
  ) {}

  @Get()
  @AuthorizeObject(`${RULE}:list`)
  async list(@Req() request: FastifyRequest, @Version() version: number, @Param('id') id: string): Promise<unknown> {
    const args = { id, with_deleted: version >= 21, ...(version >= 58 ? this.#filters(request, version) : {}) };
    const page = InstanceActionPage.unwrap(await this.conductor.call(request, 'instance_action_list', args));
    const actions = { instanceActions: page.objects.map((action) => actionView(action, version)) };
    if (version < 58) return actions;
    const path = `servers/${id}/os-instance-actions`;
    const { more_links: next } = this.pages.next(request, 'more', path, page.next_marker);
    return next === undefined ? actions : { ...actions, links: next };
  }

  @Get(':request')
  @AuthorizeObject([`${RULE}:show`, `${RULE}:events`, `${RULE}:events:details`])
  async show(
    @Req() request: FastifyRequest,
    @Version() version: number,
    @Param('id') id: string,
    @Param('request') requestId: string,
  ): Promise<unknown> {
    const args = { id, request_id: requestId, with_deleted: version >= 21 };
    const action = InstanceAction.unwrap(await this.conductor.call(request, 'instance_action_get', args));
    const view = actionView(action, version);
    const { policy } = this.edge;
    const all = policy.allows(request, `${RULE}:events`);
    const details = version >= 84 && policy.allows(request, `${RULE}:events:details`);
    if (all || version >= 51) {
      view['events'] = action.events.map((event) => eventView(event, action, { version, all, details }));
    }
    return { instanceAction: view };
  }

  #filters(request: FastifyRequest, version: number): object {
    const query = queryOf(request);
    const since = timeIn(query, 'changes-since');
    const before = version >= 66 ? timeIn(query, 'changes-before') : undefined;
    requireOrder(since, before);
    return {
      ...this.pages.asked(request),
      ...(since !== undefined && { changes_since: since }),
      ...(before !== undefined && { changes_before: before }),
    };
  }
}

function actionView(action: InstanceActionData, version: number): Record<string, unknown> {
  return {
    action: action.action,
    instance_uuid: action.instance_uuid,
    request_id: action.request_id,
    user_id: action.user_id,
    project_id: action.project_id,
    start_time: toMicroseconds(action.start_time),
    message: action.message,
    ...(version >= 58 && { updated_at: toMicroseconds(action.updated_at) }),
  };
}

function eventView(
  event: InstanceActionEvent,
  action: InstanceActionData,
  { version, all, details }: { readonly version: number; readonly all: boolean; readonly details: boolean },
): Record<string, unknown> {
  return {
    event: event.event,
    start_time: toMicroseconds(event.start_time),
    finish_time: toMicroseconds(event.finish_time),
    result: event.result,
    ...(all && { traceback: event.traceback }),
    ...(all && version >= 62 && { host: event.host }),
    ...(version >= 62 && { hostId: hostIdOf(action.project_id ?? action.owner_project_id, event.host) }),
    ...(details && { details: event.details }),
  };
}
