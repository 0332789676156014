import type { ApiDefinition } from '../edge/api-definition.js';
import { plainFaults } from '../edge/errors/plain-faults.js';

export const networkApi: ApiDefinition = {
  name: 'network',
  faults: plainFaults,
  pipeline: [{ prefix: '/', filters: ['cors', 'http_proxy_to_wsgi', 'request_id', 'catch_errors'] }],
  module: {},
};
