import type { Schema } from './image.schema.js';

const text = (description: string, more: Schema = {}): Schema => ({ type: 'string', description, ...more });
const UUID = '^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$';

/** What a list shows of a task. */
const STUB: Readonly<Record<string, Schema>> = {
  id: text('An identifier for the task', { pattern: UUID }),
  type: text('The type of task represented by this content', {
    enum: ['import', 'api_image_import', 'location_import'],
  }),
  status: text('The current status of this task', { enum: ['pending', 'processing', 'success', 'failure'] }),
  owner: text('An identifier for the owner of this task'),
  image_id: text('Image associated with the task'),
  request_id: text('Human-readable informative request-id'),
  user_id: text('User associated with the task'),
  expires_at: { type: ['null', 'string'], description: 'When the task may be removed' },
  created_at: text('When the task was created'),
  updated_at: text('When the task was last changed'),
  self: { type: 'string', readOnly: true },
  schema: { type: 'string', readOnly: true },
};

export const taskStubSchema: Schema = { name: 'task', properties: STUB };

export const taskSchema: Schema = {
  name: 'task',
  properties: {
    ...STUB,
    input: { type: ['null', 'object'], description: 'What the task was given' },
    result: { type: ['null', 'object'], description: 'What the task has made' },
    message: text('Why the task failed'),
  },
};
