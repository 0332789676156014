import { Controller, Get, Param } from '@nestjs/common';
import { AnyToken } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { metadefSchemas } from './metadef.schemas.js';

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
