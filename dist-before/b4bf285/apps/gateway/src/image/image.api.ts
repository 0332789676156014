import type { ApiDefinition } from '../edge/api-definition.js';
import { glanceFaultForm } from './errors/glance-fault-form.js';
import { ImagesController } from './images/images.controller.js';
import { InfoController } from './info/info.controller.js';
import { leaveBodiesUnread } from './refused-bodies.js';
import { SchemasController } from './schemas/schemas.controller.js';
import { VersionsController } from './versions/versions.controller.js';

const OPEN = ['cors', 'http_proxy_to_wsgi', 'request_id', 'request_log'];

/** The Image API v2, read only. */
export const imageApi: ApiDefinition = {
  name: 'image',
  faults: glanceFaultForm,
  pipeline: [
    { prefix: '/', filters: OPEN },
    { prefix: '/v2', filters: [...OPEN, 'sizelimit', 'authtoken', 'keystonecontext'] },
  ],
  module: { controllers: [VersionsController, ImagesController, SchemasController, InfoController] },
  install: leaveBodiesUnread,
};
