import type { Fault, FaultForm } from '../edge/errors/fault.js';

/** Names of the one key of an error body, by status. */
const FAULT_NAMES: Readonly<Record<number, string>> = {
  400: 'badRequest',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'itemNotFound',
  409: 'conflictingRequest',
  413: 'overLimit',
  415: 'badMediaType',
  429: 'overLimit',
  501: 'notImplemented',
  503: 'serviceUnavailable',
};

function bodyOf(fault: Fault): Record<string, unknown> {
  const inner: Record<string, unknown> = { code: fault.status, message: fault.message };
  const retryAfter = fault.headers['retry-after'];
  if (retryAfter !== undefined && (fault.status === 413 || fault.status === 429)) inner['retryAfter'] = retryAfter;
  return { [FAULT_NAMES[fault.status] ?? 'computeFault']: inner };
}

/** The Compute API's errors: `{"itemNotFound": {"code": 404, "message": "…"}}`; nova.api.openstack.wsgi.Fault. */
export const computeFaults: FaultForm = {
  contentType: 'application/json',
  texts: {
    notFound: 'The resource could not be found.',
    unexpected: 'Unexpected API Error. Please tell the operator the request id of this answer.',
    malformedBody: 'Malformed request body',
    unsupportedMediaType: 'Unsupported Content-Type',
    tooLarge: 'Request is too large.',
  },
  write(fault, requestId) {
    // 406 has the error form for microversions, defined by the API working group.
    if (fault.code === 'MicroversionInvalid') {
      const error = {
        code: fault.code,
        status: fault.status,
        title: 'Requested microversion is invalid',
        detail: fault.message,
        request_id: requestId,
        ...fault.facts,
      };
      return {
        body: JSON.stringify({ errors: [error], computeFault: { code: fault.status, message: fault.message } }),
      };
    }
    return { body: JSON.stringify(bodyOf(fault)) };
  },
};
