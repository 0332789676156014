import type { ApiDefinition } from '../edge/api-definition.js';
import { plainFaults } from '../edge/errors/plain-faults.js';

export const metadataApi: ApiDefinition = {
  name: 'metadata',
  faults: plainFaults,
  pipeline: [{ prefix: '/', filters: ['cors', 'http_proxy_to_wsgi', 'request_log'] }],
  module: {},
};
