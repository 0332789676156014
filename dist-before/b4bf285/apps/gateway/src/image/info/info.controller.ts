import { Controller, Get } from '@nestjs/common';

/** `/v2/info/import`: there is no way to import an image. */
@Controller('v2/info')
export class InfoController {
  @Get('import')
  importMethods(): object {
    return { 'import-methods': { description: 'Import methods available.', type: 'array', value: [] } };
  }
}
