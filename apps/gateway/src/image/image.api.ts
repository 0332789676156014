import type { ApiDefinition } from '../edge/api-definition.js';
import { openApiController } from '../edge/openapi/openapi.controller.js';
import { ImageReceiver } from './data/image-receiver.js';
import { glanceFaultForm } from './errors/glance-fault-form.js';
import { notAllowed } from './errors/glance-faults.js';
import { imageControllers } from './image.controllers.js';
import { PATCH_TYPES } from './images/image-patch.js';
import { MetadefItemCalls } from './metadefs/metadef-items.js';
import { installRequestRules } from './request-rules.js';

const loadDocument = async (): Promise<object> => (await import('./openapi/document.js')).imageOpenApi();

const OPEN = ['cors', 'http_proxy_to_wsgi', 'request_id', 'request_log'];

/** The Image API v2. */
export const imageApi: ApiDefinition = {
  name: 'image',
  faults: glanceFaultForm,
  forbidden: notAllowed,
  pipeline: [
    { prefix: '/', filters: OPEN },
    { prefix: '/v2', filters: [...OPEN, 'sizelimit', 'authtoken', 'keystonecontext'] },
  ],
  module: {
    controllers: [...imageControllers, openApiController(loadDocument)],
    providers: [ImageReceiver, MetadefItemCalls],
  },
  bodies: { json: PATCH_TYPES, stream: 'application/octet-stream' },
  install: installRequestRules,
};
