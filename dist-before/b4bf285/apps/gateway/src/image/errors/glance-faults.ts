import { Fault } from '../../edge/errors/fault.js';

export function badRequest(message: string): Fault {
  return new Fault(400, message, { code: 'InvalidInput' });
}

/** glance's words for an unknown image; the id is shown cut. */
export function imageNotFound(id: string): Fault {
  const shown = id.length > 64 ? `${id.slice(0, 64)}…` : id;
  return new Fault(404, `No image found with ID ${shown}`, { code: 'ImageNotFound' });
}

/** What this API does not let anybody do, in glance's words for a denied action. */
export function notAllowed(action: string): Fault {
  return new Fault(403, `You are not authorized to complete ${action} action.`, { code: 'Forbidden' });
}
