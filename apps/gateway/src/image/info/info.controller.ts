import { AnyToken } from '../../edge/access/access.decorators.js';
import { Controller, Get } from '@nestjs/common';

/** `/v2/info/import`: there is no way to import an image. */
@Controller('v2/info')
export class InfoController {
  @Get('import')
  @AnyToken()
  importMethods(): object {
    return { 'import-methods': { description: 'Import methods available.', type: 'array', value: [] } };
  }
}
