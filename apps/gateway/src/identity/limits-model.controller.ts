import { Controller, Get } from '@nestjs/common';
import { Authorize } from '../edge/access/access.decorators.js';

/** How limits are to be enforced by the services: by keystone's flat model, for which no tree of projects counts. */
@Controller('v3/limits/model')
export class LimitsModelController {
  @Get()
  @Authorize('identity:get_limit_model')
  model(): object {
    return {
      model: {
        name: 'flat',
        description: 'Limit enforcement and validation does not take project hierarchy into consideration.',
      },
    };
  }
}
