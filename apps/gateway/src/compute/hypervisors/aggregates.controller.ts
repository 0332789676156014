import { Controller, Get } from '@nestjs/common';
import { Authorize } from '../../edge/access/access.decorators.js';

/** `/os-aggregates`, for reading: hosts are not grouped here, so there are none. Clients ask before they show a host. */
@Controller('v2.1/os-aggregates')
export class AggregatesController {
  @Get()
  @Authorize('os_compute_api:os-aggregates:index')
  list(): unknown {
    return { aggregates: [] };
  }
}
