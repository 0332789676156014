import type { FaultForm } from '../../edge/errors/fault.js';
import { keystoneErrorBody } from '../../identity/errors/keystone-error.view.js';
import { webobBody } from './webob-body.js';

/** webob's pages; 401 has keystonemiddleware's JSON, since its filter answers before glance is reached. */
export const glanceFaultForm: FaultForm = {
  contentType: 'text/html; charset=UTF-8',
  write: (fault, _requestId, accept) =>
    fault.status === 401
      ? { body: JSON.stringify(keystoneErrorBody(401, fault.message)), contentType: 'application/json' }
      : webobBody(fault.status, fault.message, accept),
  texts: {
    notFound: 'The resource could not be found.',
    methodNotAllowed: 'The method specified is not allowed for this resource.',
    unexpected: 'The server has either erred or is incapable of performing the requested operation.',
    malformedBody: 'Malformed JSON in request body.',
    unsupportedMediaType: 'Unsupported Content-Type: expected application/json.',
    tooLarge: 'The body of your request was too large for this server.',
  },
};
