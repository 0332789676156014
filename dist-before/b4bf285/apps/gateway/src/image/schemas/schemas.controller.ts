import { Controller, Get } from '@nestjs/common';
import { collectionSchema } from './collection-schema.js';
import { imageSchema } from './image.schema.js';
import { memberSchema } from './member.schema.js';

/** `/v2/schemas`: what clients read to know the fields of an image. */
@Controller('v2/schemas')
export class SchemasController {
  @Get('image')
  image(): object {
    return imageSchema;
  }

  @Get('images')
  images(): object {
    return collectionSchema('images', imageSchema, true);
  }

  @Get('member')
  member(): object {
    return memberSchema;
  }

  @Get('members')
  members(): object {
    return collectionSchema('members', memberSchema, false);
  }
}
