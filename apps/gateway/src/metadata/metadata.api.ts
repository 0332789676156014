import type { ApiDefinition } from '../edge/api-definition.js';
import { InstanceLookup } from './instance-lookup.js';
import { MetadataController } from './metadata.controller.js';
import type { FaultForm, FaultTexts } from '../edge/errors/fault.js';

const PLAIN_TEXTS: FaultTexts = {
  notFound: 'The resource could not be found.',
  methodNotAllowed: 'The method is not allowed for this resource.',
  unexpected: 'An unknown error occurred.',
  malformedBody: 'Malformed request body',
  unsupportedMediaType: 'Unsupported Content-Type',
  tooLarge: 'Request is too large.',
};

/** Errors as one line of text, which the Metadata API's clients (scripts in a server) read. */
const plainFaults: FaultForm = {
  contentType: 'text/plain; charset=utf-8',
  texts: PLAIN_TEXTS,
  write: (fault) => ({ body: `${fault.message}\n` }),
};

/**
 * The metadata of a server, for the server itself. There is no authentication: the server is identified by its address,
 * or by a signing proxy.
 */
export const metadataApi: ApiDefinition = {
  name: 'metadata',
  faults: plainFaults,
  pipeline: [{ prefix: '/', filters: ['cors', 'http_proxy_to_wsgi', 'request_log'] }],
  module: { controllers: [MetadataController], providers: [InstanceLookup] },
};
