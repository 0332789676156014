import { Controller, Get } from '@nestjs/common';
import { AnyToken } from '../../edge/access/access.decorators.js';
import { collectionSchema } from './collection-schema.js';
import { imageSchema } from './image.schema.js';
import { memberSchema } from './member.schema.js';
import { taskSchema, taskStubSchema } from './task.schema.js';

/** `/v2/schemas`: what clients read to know the fields of an image. */
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
