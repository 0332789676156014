import { Controller, Get, Param } from '@nestjs/common';
import { Fault } from '../../edge/errors/fault.js';
import { extensions } from './extensions.js';

/** `/v2.0/extensions`: what clients ask before they use a feature. */
@Controller('v2.0/extensions')
export class ExtensionsController {
  @Get()
  list(): object {
    return { extensions };
  }

  @Get(':alias')
  show(@Param('alias') alias: string): object {
    const extension = extensions.find((one) => one.alias === alias);
    if (extension === undefined) {
      throw new Fault(404, 'Extension not found: the alias is not one that this API lists.', { code: 'HTTPNotFound' });
    }
    return { extension };
  }
}
