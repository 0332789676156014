import { Controller, Get, Param } from '@nestjs/common';
import { AnyToken } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { metadefSchemas } from '../metadefs/metadef.schemas.js';
import type { Schema } from './image.schema.js';
import { imageSchema } from './image.schema.js';

/** `/v2/schemas/metadefs`. */
@Controller('v2/schemas/metadefs')
export class MetadefSchemasController {
  @Get(':name')
  @AnyToken()
  show(@Param('name') name: string): object {
    const schema = metadefSchemas.get(name);
    if (schema === undefined) throw new Fault(404, 'The resource could not be found.', { code: 'NotFound' });
    return schema;
  }
}

/** The schema of a list of entries with the schema `entry`. */
function collectionSchema(name: string, entry: Schema, paged: boolean): Schema {
  const pages: Schema = paged ? { first: { type: 'string' }, next: { type: 'string' } } : {};
  const links = [
    { rel: 'first', href: '{first}' },
    { rel: 'next', href: '{next}' },
  ];
  return {
    name,
    properties: { [name]: { type: 'array', items: entry }, ...pages, schema: { type: 'string' } },
    links: [...(paged ? links : []), { rel: 'describedby', href: '{schema}' }],
  };
}

const text = (description: string, more: Schema = {}): Schema => ({ type: 'string', description, ...more });
const UUID = '^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$';

/** The fields of a task in a list. */
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

const taskStubSchema: Schema = { name: 'task', properties: STUB };

const taskSchema: Schema = {
  name: 'task',
  properties: {
    ...STUB,
    input: { type: ['null', 'object'], description: 'What the task was given' },
    result: { type: ['null', 'object'], description: 'What the task has made' },
    message: text('Why the task failed'),
  },
};

const memberSchema: Schema = {
  name: 'member',
  properties: {
    image_id: { type: 'string', description: 'An identifier for the image' },
    member_id: { type: 'string', description: 'An identifier for the image member (project)' },
    status: {
      type: 'string',
      description: 'The status of this image member',
      enum: ['pending', 'accepted', 'rejected'],
    },
    created_at: { type: 'string', description: 'Date and time of image member creation' },
    updated_at: { type: 'string', description: 'Date and time of last modification of image member' },
    schema: { type: 'string', readOnly: true },
  },
};

/** `/v2/schemas`: clients read them to know the fields of an image. */
@Controller('v2/schemas')
export class SchemasController {
  @Get('image')
  @AnyToken()
  image(): object {
    return imageSchema;
  }

  @Get('images')
  @AnyToken()
  images(): object {
    return collectionSchema('images', imageSchema, true);
  }

  @Get('member')
  @AnyToken()
  member(): object {
    return memberSchema;
  }

  @Get('members')
  @AnyToken()
  members(): object {
    return collectionSchema('members', memberSchema, false);
  }

  @Get('task')
  @AnyToken()
  task(): object {
    return taskSchema;
  }

  @Get('tasks')
  @AnyToken()
  tasks(): object {
    return collectionSchema('tasks', taskStubSchema, true);
  }
}
