import { Controller, Get } from '@nestjs/common';
import { networkResources } from '#libs/contracts';
import { Open } from '../../edge/access/access.decorators.js';
import { openApiOf } from './openapi.js';

/** `GET /openapi.json`: the API as a document, for tools; made when it is first asked for. */
@Controller('openapi.json')
export class OpenApiController {
  #document: object | undefined;

  @Get()
  @Open()
  show(): object {
    return (this.#document ??= openApiOf(networkResources));
  }
}
