import type { FaultForm } from '../../edge/errors/fault.js';
import { keystoneErrorBody } from './keystone-error.view.js';
import { Fault } from '../../edge/errors/fault.js';

/** keystone's `{"error": {…}}`. */
export const keystoneFaultForm: FaultForm = {
  contentType: 'application/json',
  // Receipts and OAuth have bodies of their own.
  write: ({ status, message, facts }) => ({
    body: JSON.stringify(facts['body'] ?? keystoneErrorBody(status, message)),
  }),
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

/** 400 in keystone's form. */
export function badRequest(message: string): Fault {
  return new Fault(400, message, { code: 'ValidationError' });
}

/** 401: it does not reveal which part of the credentials was wrong. */
export function unauthorized(message = 'The request you have made requires authentication.'): Fault {
  return new Fault(401, message, { code: 'Unauthorized' });
}

export function forbidden(action: string): Fault {
  return new Fault(403, `You are not authorized to perform the requested action: ${action}.`, {
    code: 'PolicyNotAuthorized',
  });
}

/** 404 with keystone's text, `Could not find role: ID.`; the id is shown cut. */
export function notFound(kind: string, id: string): Fault {
  const shown = id.length > 64 ? `${id.slice(0, 64)}…` : id;
  return new Fault(404, `Could not find ${kind}: ${shown}.`, { code: 'NotFound' });
}
