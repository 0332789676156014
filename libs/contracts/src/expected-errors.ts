import type { RemoteError, RemoteFailure } from '#libs/messaging';
import type { ExpectedErrorKind } from './expected-error-kind.js';
import { authenticationErrors } from './identity/authentication.methods.js';
import { catalogLinkErrors } from './identity/catalog-links.methods.js';
import { identityResourceErrors } from './identity/resources/index.js';
import { networkErrors } from './network/resources.js';

export type { ExpectedErrorKind } from './expected-error-kind.js';

/**
 * The errors that a worker returns on purpose. The code is the `class` of the failure on the wire (module
 * `albireo.exception`), so it is never reused for another meaning.
 */
export const EXPECTED_ERRORS = {
  // any API
  InvalidInput: { status: 400, retryable: false },
  InvalidFilter: { status: 400, retryable: false },
  InvalidSortKey: { status: 400, retryable: false },
  MarkerNotFound: { status: 400, retryable: false },
  PolicyNotAuthorized: { status: 403, retryable: false },
  Conflict: { status: 409, retryable: false },
  ServiceBusy: { status: 503, retryable: true },
  DatabaseUnavailable: { status: 503, retryable: true },
  DatabaseOutcomeUnknown: { status: 504, retryable: false },
  // identity
  Unauthorized: { status: 401, retryable: false },
  ProjectNotFound: { status: 404, retryable: false },
  UserNotFound: { status: 404, retryable: false },
  RoleNotFound: { status: 404, retryable: false },
  DomainNotFound: { status: 404, retryable: false },
  RoleAssignmentNotFound: { status: 404, retryable: false },
  /** The password was correct. */
  PasswordExpired: { status: 401, retryable: false },
  TooManyAttempts: { status: 429, retryable: true },
  ...identityResourceErrors,
  ...authenticationErrors,
  ...catalogLinkErrors,
  // compute
  InstanceNotFound: { status: 404, retryable: false },
  FlavorNotFound: { status: 404, retryable: false },
  FlavorInvalid: { status: 400, retryable: false },
  FlavorExists: { status: 409, retryable: false },
  FlavorExtraSpecsNotFound: { status: 404, retryable: false },
  FlavorAccessNotFound: { status: 404, retryable: false },
  InstanceGroupNotFound: { status: 404, retryable: false },
  ServerTagNotFound: { status: 404, retryable: false },
  AggregateNotFound: { status: 404, retryable: false },
  AggregateHostNotFound: { status: 404, retryable: false },
  KeypairNotFound: { status: 404, retryable: false },
  KeyPairExists: { status: 409, retryable: false },
  InvalidKeypair: { status: 400, retryable: false },
  ImageInvalid: { status: 400, retryable: false },
  NetworkInvalid: { status: 400, retryable: false },
  KeyNameInvalid: { status: 400, retryable: false },
  InstanceActionNotFound: { status: 404, retryable: false },
  InstanceInvalidState: { status: 409, retryable: false },
  MigrationNotFound: { status: 404, retryable: false },
  ServiceNotFound: { status: 404, retryable: false },
  MetadataItemNotFound: { status: 404, retryable: false },
  ConsoleTypeInvalid: { status: 400, retryable: false },
  ConsoleTypeUnavailable: { status: 400, retryable: false },
  ConsoleTokenNotFound: { status: 404, retryable: false },
  /** By the driver of the server's host. */
  FeatureNotSupported: { status: 501, retryable: false },
  QuotaExceeded: { status: 403, retryable: false },
  // image
  ImageNotFound: { status: 404, retryable: false },
  ImageForbidden: { status: 403, retryable: false },
  /** A number or an amount exceeds its limit. */
  ImageLimitExceeded: { status: 413, retryable: false },
  /** The image was deleted or the claim on it was lost after the upload began. */
  ImageGone: { status: 410, retryable: false },
  ImageDataInvalid: { status: 415, retryable: false },
  ImageMemberNotFound: { status: 404, retryable: false },
  MetadefNotFound: { status: 404, retryable: false },
  ImageTaskNotFound: { status: 404, retryable: false },
  ...networkErrors,
} as const satisfies Record<string, ExpectedErrorKind>;

export type ExpectedErrorCode = keyof typeof EXPECTED_ERRORS;

/** The `module` of an expected error in a failure on the wire. */
export const EXPECTED_ERROR_MODULE = 'albireo.exception';

/**
 * A failure that is meant for the client. The worker throws it, the bus carries it with its code and details, and the
 * gateway answers with the status of the table above.
 */
export class ExpectedError extends Error {
  readonly code: ExpectedErrorCode;
  /** Additional facts for views and tests; never a secret. Sent as the failure's `kwargs`. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ExpectedErrorCode, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return EXPECTED_ERRORS[this.code].status;
  }

  /** Marks an expected error for libs/messaging, and makes its wire form. */
  toRemoteFailure(): RemoteFailure {
    const { code, message, details } = this;
    return { class: code, module: EXPECTED_ERROR_MODULE, message, tb: [], args: [message], kwargs: details };
  }

  /** The ExpectedError of a failure on the wire: for `rebuildError` of an RpcClient. */
  static fromRemote(error: RemoteError): ExpectedError | undefined {
    if (error.module !== EXPECTED_ERROR_MODULE || !isExpectedErrorCode(error.excType)) return undefined;
    return new ExpectedError(error.excType, error.value, error.kwargs);
  }
}

/** Whether a text (a failure's `class`) is one of the codes. */
export function isExpectedErrorCode(code: string): code is ExpectedErrorCode {
  return Object.hasOwn(EXPECTED_ERRORS, code);
}
