import type { ApiDefinition } from '../edge/api-definition.js';
import { plainFaults } from '../edge/errors/plain-faults.js';
import { InstanceLookup } from './instance-lookup.js';
import { MetadataController } from './metadata.controller.js';

/** What a server is told about itself. Nobody authenticates: who asks is known by its address, or by a signing proxy. */
export const metadataApi: ApiDefinition = {
  name: 'metadata',
  faults: plainFaults,
  pipeline: [{ prefix: '/', filters: ['cors', 'http_proxy_to_wsgi', 'request_log'] }],
  module: { controllers: [MetadataController], providers: [InstanceLookup] },
};
