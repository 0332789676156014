import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { Authorize } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';

/** Data is streamed from the stores and not cached: glance's responses without `image_cache_dir`. */
function noCache(): never {
  throw new Fault(404, 'Caching via API is not supported at this site.', { code: 'CacheNotSupported' });
}

/** `/v2/cache` (glance.api.v2.cached_images). */
@Controller('v2/cache')
export class CacheController {
  @Get()
  @Authorize('cache_list')
  list(): never {
    return noCache();
  }

  @Delete()
  @Authorize('cache_delete')
  clear(): never {
    return noCache();
  }

  @Put(':id')
  @Authorize('cache_image')
  queue(): never {
    return noCache();
  }

  @Delete(':id')
  @Authorize('cache_delete')
  remove(): never {
    return noCache();
  }

  @Get('nodes/:id')
  @Authorize('list_cached_nodes')
  nodes(): never {
    return noCache();
  }

  @Post('clean')
  @Authorize('cache_clean')
  clean(): never {
    return noCache();
  }

  @Post('prune')
  @Authorize('cache_prune')
  prune(): never {
    return noCache();
  }
}
