import type { ImageTaskData } from '#libs/contracts';
import { wholeSeconds } from '../images/images.view.js';

/** What a list shows of a task. */
export function taskStubView(task: ImageTaskData): Readonly<Record<string, unknown>> {
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

export function taskView(task: ImageTaskData): Readonly<Record<string, unknown>> {
  return { ...taskStubView(task), input: task.input, result: task.result, message: task.message };
}

/** A task as its image shows it: the row as glance has it. */
export function imageTaskView(task: ImageTaskData): Readonly<Record<string, unknown>> {
  const { self: _self, schema: _schema, ...shown } = taskView(task);
  return { ...shown, deleted: false, deleted_at: null };
}
