import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { ApiOptions } from '#libs/options';
import { mediaType } from '../edge/body-parser.js';
import type { Edge } from '../edge/edge.js';
import { Fault } from '../edge/errors/fault.js';
import { pathOf } from '../edge/listener/request-target.js';
import type { ApiDefinition } from '../edge/api-definition.js';
import { openApiController } from '../edge/openapi/openapi.controller.js';
import { ImageReceiver } from './data/image-receiver.js';
import { glanceFaultForm, notAllowed } from './errors/glance-faults.js';
import { imageControllers } from './image.controllers.js';
import { PATCH_TYPES } from './images/image-patch.js';
import { MetadefItemCalls } from './metadefs/metadef-items.js';

/**
 * Rules of glance that the router does not implement: a path with a slash at its end is no path of the Image API, and
 * image data has one content type. Other bodies have the same time limit as in other APIs: here the server itself sets
 * none.
 */
export function installRequestRules(fastify: FastifyInstance, { options }: Edge): void {
  const api = options.get(ApiOptions);
  fastify.addHook('onRequest', (request, _reply, done) => {
    const path = pathOf(request);
    if (path.length > 1 && path.endsWith('/')) {
      done(new Fault(404, 'The resource could not be found.', { code: 'RouteNotFound' }));
      return;
    }
    if (request.routeOptions.config.streamsBody === true) {
      if (mediaType(request.headers['content-type']) !== 'application/octet-stream') {
        done(
          new Fault(415, 'Invalid content type application/octet-stream expected', { code: 'UnsupportedMediaType' }),
        );
        return;
      }
    } else if (hasBody(request.raw)) {
      const timer = setTimeout(() => request.raw.destroy(), api.requestTimeout * 1000);
      timer.unref();
      const stop = (): void => clearTimeout(timer);
      request.raw.once('end', stop).once('close', stop);
    }
    done();
  });
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

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
  bodies: { json: PATCH_TYPES, stream: 'application/octet-stream', freeValues: true },
  install: installRequestRules,
};
