import { Controller, Get } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { Open } from '../access/access.decorators.js';

/** `GET /openapi.json`: the API as a document, for tools. `load` is called at the first request. */
export function openApiController(load: () => Promise<object>): Type {
  let document: Promise<object> | undefined;

  @Controller('openapi.json')
  class OpenApiController {
    @Get()
    @Open()
    show(): Promise<object> {
      return (document ??= load());
    }
  }
  return OpenApiController;
}
