import type { ApiDefinition } from '../edge/api-definition.js';
import { computeFaults } from './compute-faults.js';

const FRONT = ['cors', 'http_proxy_to_wsgi', 'compute_req_id', 'faultwrap', 'request_log', 'sizelimit', 'osprofiler'];

export const computeApi: ApiDefinition = {
  name: 'osapi_compute',
  faults: computeFaults,
  pipeline: [
    { prefix: '/', filters: ['cors', 'faultwrap', 'request_log', 'http_proxy_to_wsgi'] },
    { prefix: '/v2.1', filters: ['cors', 'compute_req_id', 'faultwrap', 'request_log', 'http_proxy_to_wsgi'] },
    { prefix: '/v2.1', more: true, filters: [...FRONT, 'authtoken', 'keystonecontext'] },
  ],
  module: {},
};
