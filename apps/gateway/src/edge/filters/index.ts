import type { Filter, FilterFactory } from '../pipeline/filter.js';
import { authtoken } from './authtoken.js';
import { cors } from './cors.js';
import { healthcheck, healthcheckApp } from './healthcheck.js';
import { httpProxyToWsgi } from './http-proxy-to-wsgi.js';
import { keystoneContext } from './keystone-context.js';
import { noauth2 } from './noauth2.js';
import { computeRequestId, requestId } from './request-id.js';
import { requestLog } from './request-log.js';

/** A filter whose work the server does for every request anyway; its name marks its place in the pipeline. */
const builtIn =
  (name: string): FilterFactory =>
  (): Filter => ({ name });

/** All filters by their names in api-paste.ini. */
export const filterFactories: Readonly<Record<string, FilterFactory>> = {
  cors,
  http_proxy_to_wsgi: httpProxyToWsgi,
  request_id: requestId,
  compute_req_id: computeRequestId,
  // Unknown errors are written by the only exception filter, and the body's size is limited by the only parser.
  faultwrap: builtIn('faultwrap'),
  catch_errors: builtIn('catch_errors'),
  sizelimit: builtIn('sizelimit'),
  osprofiler: builtIn('osprofiler'),
  // neutron's extensions and project checks are part of the Network API itself; the compatible v2 has no route here.
  extensions: builtIn('extensions'),
  project_id: builtIn('project_id'),
  legacy_v2_compatible: builtIn('legacy_v2_compatible'),
  // Without authentication noauth2 makes the caller, under any of its names.
  fake_project_id: noauth2,
  noauth2,
  healthcheck,
  // The app of that name; no file can name it as a filter.
  'app:healthcheck': healthcheckApp,
  request_log: requestLog,
  authtoken,
  keystonecontext: keystoneContext,
};
