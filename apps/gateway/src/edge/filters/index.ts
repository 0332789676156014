import type { Filter, FilterFactory } from '../pipeline/filter.js';
import { authtoken } from './authtoken.js';
import { cors } from './cors.js';
import { httpProxyToWsgi } from './http-proxy-to-wsgi.js';
import { keystoneContext } from './keystone-context.js';
import { computeRequestId, requestId } from './request-id.js';
import { requestLog } from './request-log.js';

/** A filter whose work the server does for every request anyway; its name keeps its place in the pipeline. */
const builtIn =
  (name: string): FilterFactory =>
  (): Filter => ({ name });

/** All filters by their names in api-paste.ini. */
export const filterFactories: Readonly<Record<string, FilterFactory>> = {
  cors,
  http_proxy_to_wsgi: httpProxyToWsgi,
  request_id: requestId,
  compute_req_id: computeRequestId,
  // Unknown errors are written by the one exception filter, the body's size is bounded by the one parser.
  faultwrap: builtIn('faultwrap'),
  catch_errors: builtIn('catch_errors'),
  sizelimit: builtIn('sizelimit'),
  osprofiler: builtIn('osprofiler'),
  request_log: requestLog,
  authtoken,
  keystonecontext: keystoneContext,
};
