import { EXPECTED_ERRORS, isExpectedErrorCode, shownValue } from '#libs/contracts';
import type { ExpectedErrorKind, FieldType } from '#libs/contracts';
import type { FaultForm } from '../../edge/errors/fault.js';
import { keystoneErrorBody } from '../../identity/errors/keystone-error.view.js';
import { Fault } from '../../edge/errors/fault.js';

/** webob's names of the edge's own refusals, by status; neutron shows them as the error's type. */
const TYPES: Readonly<Record<number, string>> = {
  400: 'HTTPBadRequest',
  403: 'HTTPForbidden',
  404: 'HTTPNotFound',
  405: 'HTTPMethodNotAllowed',
  409: 'HTTPConflict',
  412: 'HTTPPreconditionFailed',
  413: 'HTTPRequestEntityTooLarge',
  415: 'HTTPUnsupportedMediaType',
  500: 'HTTPInternalServerError',
  503: 'HTTPServiceUnavailable',
  504: 'HTTPGatewayTimeout',
};

/** Codes of the edge that only name a status. */
const EDGE_CODES: ReadonlySet<string> = new Set([
  'MalformedRequestBody',
  'UnsupportedMediaType',
  'RequestTooLarge',
  'RouteNotFound',
  'MethodNotAllowed',
  'NotFound',
  'Unexpected',
]);

function typeOf(fault: Fault): string {
  const { code, status } = fault;
  if (code === undefined || EDGE_CODES.has(code)) return TYPES[status] ?? 'HTTPError';
  const kind: ExpectedErrorKind | undefined = isExpectedErrorCode(code) ? EXPECTED_ERRORS[code] : undefined;
  return kind?.neutronType ?? code;
}

/** The NeutronError body; 401 has keystonemiddleware's, since its filter answers before neutron is reached. */
export const neutronFaultForm: FaultForm = {
  contentType: 'application/json',
  write: (fault) => ({
    body: JSON.stringify(
      fault.status === 401
        ? keystoneErrorBody(401, fault.message)
        : { NeutronError: { type: typeOf(fault), message: fault.message, detail: '' } },
    ),
  }),
  texts: {
    notFound: 'The resource could not be found.',
    methodNotAllowed: 'The method is not allowed for this resource.',
    unexpected: 'Request Failed: internal server error while processing your request.',
    malformedBody: 'The request body is not valid JSON: expected an object.',
    unsupportedMediaType: 'The content type is not supported: expected application/json.',
    tooLarge: 'Request is too large.',
  },
};

/** 400 for a body or query that cannot be parsed, under webob's class name as in neutron. */
export function badRequest(message: string): Fault {
  return new Fault(400, message, { code: 'HTTPBadRequest' });
}

/** 400 for a value that cannot be converted to its attribute's type (neutron_lib.api.converters). */
export function invalidInput(reason: string): Fault {
  return new Fault(400, `Invalid input for operation: ${reason}.`, { code: 'InvalidInput' });
}

/** Why a value cannot be converted to a boolean or an integer; undefined: it can. */
export function unconverted({ kind }: Pick<FieldType, 'kind'>, value: unknown): string | undefined {
  if (kind === 'boolean' && typeof value !== 'boolean') return `${shownValue(value)} cannot be converted to boolean`;
  if (kind === 'integer' && typeof value !== 'number') return `${shownValue(value)} is not an integer`;
  return undefined;
}

/** 403 with oslo.policy's text: the rules that were checked, joined as in neutron. */
export function forbidden(rules: readonly string[]): Fault {
  const asked = rules.map((rule) => `rule:${rule}`);
  const text = asked.length > 1 ? `(${asked.join(' and ')})` : asked.join('');
  return new Fault(403, `${text} is disallowed by policy`, { code: 'PolicyNotAuthorized' });
}
