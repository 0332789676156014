import { STATUS_CODES } from 'node:http';
import type { FaultForm } from '../../edge/errors/fault.js';
import { keystoneErrorBody } from '../../identity/errors/keystone-error.view.js';
import { Fault } from '../../edge/errors/fault.js';

/** A body and its type. */
interface WrittenBody {
  readonly body: string;
  readonly contentType: string;
}

/**
 * An error page as webob writes it, which is glance's response: HTML, or JSON if the client accepts that and not HTML,
 * otherwise plain text.
 * @param accept the request's Accept header
 */
export function webobBody(status: number, message: string, accept: string | undefined): WrittenBody {
  const title = STATUS_CODES[status] ?? 'Error';
  const line = `${status} ${title}`;
  if (accepts(accept, 'text/html')) {
    const text = escapeHtml(message);
    const body =
      `<html>\n <head>\n  <title>${line}</title>\n </head>\n <body>\n  <h1>${line}</h1>\n  ` +
      `${text}<br /><br />\n\n\n\n </body>\n</html>`;
    return { body, contentType: 'text/html; charset=UTF-8' };
  }
  if (accepts(accept, 'application/json')) {
    return { body: JSON.stringify({ message, code: line, title }), contentType: 'application/json' };
  }
  return { body: `${line}\n\n${message}\n\n   `, contentType: 'text/plain; charset=UTF-8' };
}

/** Whether a media type is acceptable: itself, its family or anything; weights of zero refuse. */
function accepts(header: string | undefined, type: string): boolean {
  if (header === undefined || header.trim() === '') return true;
  const family = `${type.split('/', 1)[0]}/*`;
  return header.split(',').some((range) => {
    const [name, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const refused = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    return !refused && (name === type || name === family || name === '*/*');
  });
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

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

export function badRequest(message: string): Fault {
  return new Fault(400, message, { code: 'InvalidInput' });
}

/** glance's text for an unknown image; the id is shown cut. */
export function imageNotFound(id: string): Fault {
  const shown = id.length > 64 ? `${id.slice(0, 64)}…` : id;
  return new Fault(404, `No image found with ID ${shown}`, { code: 'ImageNotFound' });
}

export function memberNotFound(id: string, member: string): Fault {
  const text = `${member.slice(0, 64)} not found in the member list of the image ${id.slice(0, 64)}.`;
  return new Fault(404, text, { code: 'ImageMemberNotFound' });
}

export function forbidden(message: string): Fault {
  return new Fault(403, message, { code: 'Forbidden' });
}

/** An action that this API never permits, with glance's text for a denied action. */
export function notAllowed(action: string): Fault {
  return new Fault(403, `You are not authorized to complete ${action} action.`, { code: 'Forbidden' });
}
