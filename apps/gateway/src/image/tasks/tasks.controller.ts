import { Controller, Delete, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ImageTaskData } from '#libs/contracts';
import { ImageTask, ImageTaskPage, isRecord } from '#libs/contracts';
import { ApiOptions } from '#libs/options';
import { wholeSeconds } from '../images/images.view.js';
import { Authorize } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { baseUrl } from '../../edge/links.js';
import { ImageClient } from '../../edge/rpc/clients.js';
import { badRequest } from '../errors/glance-faults.js';
import { imageIdOf } from '../images/image-id.js';
import type { RawQuery } from '../images/page-query.js';
import { pageLinks, parsePage } from '../images/page-query.js';

/** The view of a task in a list. */
function taskStubView(task: ImageTaskData): Readonly<Record<string, unknown>> {
  return {
    id: task.id,
    type: task.type,
    status: task.status,
    owner: task.owner,
    image_id: task.image_id,
    user_id: task.user_id,
    request_id: task.request_id,
    expires_at: task.expires_at === null ? null : wholeSeconds(task.expires_at),
    created_at: wholeSeconds(task.created_at),
    updated_at: wholeSeconds(task.updated_at),
    self: `/v2/tasks/${task.id}`,
    schema: '/v2/schemas/task',
  };
}

function taskView(task: ImageTaskData): Readonly<Record<string, unknown>> {
  return { ...taskStubView(task), input: task.input, result: task.result, message: task.message };
}

/** A task as its image shows it: the row in glance's form. */
export function imageTaskView(task: ImageTaskData): Readonly<Record<string, unknown>> {
  const { self: _self, schema: _schema, ...shown } = taskView(task);
  return { ...shown, deleted: false, deleted_at: null };
}

/** Filters of the list. */
export const TASK_FILTERS = ['status', 'type'];
const SORT_KEYS = ['created_at', 'expires_at', 'status', 'type', 'updated_at', 'id'];

/** `/v2/tasks`, for administrators (glance.api.v2.tasks). */
@Controller('v2/tasks')
export class TasksController {
  constructor(
    @Inject(ImageClient) private readonly images: ImageClient,
    @Inject(ApiOptions) private readonly api: ApiOptions,
  ) {}

  @Get()
  @Authorize('tasks_api_access')
  async list(@Req() request: FastifyRequest, @Query() query: RawQuery): Promise<object> {
    const args = parsePage(query, this.api.maxLimit, SORT_KEYS, TASK_FILTERS);
    const { objects } = ImageTaskPage.unwrap(await this.images.call(request, 'image_task_list', args));
    const links = pageLinks('/v2/tasks', query, objects.length < args.limit ? undefined : objects.at(-1)?.id);
    return { tasks: objects.map(taskStubView), ...links, schema: '/v2/schemas/tasks' };
  }

  @Post()
  @Authorize('tasks_api_access')
  async create(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const { body } = request;
    if (!isRecord(body)) throw badRequest('Body expected in request.');
    const { type, input } = body;
    if (typeof type !== 'string' || type.length > 30) throw badRequest("Task 'type' is required");
    if (!isRecord(input)) throw badRequest("Task 'input' is required");
    const task = ImageTask.unwrap(await this.images.call(request, 'image_task_create', { type, input }));
    reply.header('location', `${baseUrl(request)}/v2/tasks/${task.id}`);
    return taskView(task);
  }

  @Get(':id')
  @Authorize('tasks_api_access')
  async show(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    return taskView(ImageTask.unwrap(await this.images.call(request, 'image_task_get', { id: imageIdOf(id) })));
  }

  @Delete(':id')
  @Authorize('tasks_api_access')
  remove(): never {
    throw new Fault(405, 'This operation is currently not permitted on Glance Tasks. They are auto deleted.', {
      code: 'MethodNotAllowed',
      headers: { allow: 'GET' },
    });
  }
}
