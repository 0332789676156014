import { Fault } from '../../edge/errors/fault.js';

/** 400 in keystone's form. */
export function badRequest(message: string): Fault {
  return new Fault(400, message, { code: 'ValidationError' });
}

/** 401: which part of the credentials was wrong is not said. */
export function unauthorized(message = 'The request you have made requires authentication.'): Fault {
  return new Fault(401, message, { code: 'Unauthorized' });
}

export function forbidden(action: string): Fault {
  return new Fault(403, `You are not authorized to perform the requested action: ${action}.`, {
    code: 'PolicyNotAuthorized',
  });
}

/** 404 in keystone's words, `Could not find role: ID.`; what was asked for is shown cut. */
export function notFound(kind: string, id: string): Fault {
  const shown = id.length > 64 ? `${id.slice(0, 64)}…` : id;
  return new Fault(404, `Could not find ${kind}: ${shown}.`, { code: 'NotFound' });
}
