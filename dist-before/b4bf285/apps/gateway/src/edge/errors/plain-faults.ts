import type { FaultForm, FaultTexts } from './fault.js';

export const PLAIN_TEXTS: FaultTexts = {
  notFound: 'The resource could not be found.',
  methodNotAllowed: 'The method is not allowed for this resource.',
  unexpected: 'An unknown error occurred.',
  malformedBody: 'Malformed request body',
  unsupportedMediaType: 'Unsupported Content-Type',
  tooLarge: 'Request is too large.',
};

/** Errors as one line of text: what the Metadata API's clients (scripts in a server) read. */
export const plainFaults: FaultForm = {
  contentType: 'text/plain; charset=utf-8',
  texts: PLAIN_TEXTS,
  write: (fault) => ({ body: `${fault.message}\n` }),
};
