import type { FaultForm } from '../../edge/errors/fault.js';
import { keystoneErrorBody } from './keystone-error.view.js';

/** keystone's `{"error": {…}}`. */
export const keystoneFaultForm: FaultForm = {
  contentType: 'application/json',
  write: (fault) => ({ body: JSON.stringify(keystoneErrorBody(fault.status, fault.message)) }),
  invalidField: ({ field, reason }) => (field === '' ? reason : `Invalid input for field '${field}': ${reason}`),
  texts: {
    notFound: 'The resource could not be found.',
    methodNotAllowed: 'The method is not allowed for the requested URL.',
    unexpected: 'An unexpected error prevented the server from fulfilling your request.',
    malformedBody: 'Expecting to find valid JSON in request body.',
    unsupportedMediaType: 'Expecting to find application/json in Content-Type header.',
    tooLarge: 'Request is too large.',
  },
};
