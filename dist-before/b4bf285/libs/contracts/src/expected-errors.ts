import type { RemoteError, RemoteFailure } from '#libs/messaging';

/** One expected error: what a client may be told. */
export interface ExpectedErrorKind {
  /** HTTP status that the APIs answer with. */
  readonly status: number;
  /** Whether the same request may succeed later without a change. */
  readonly retryable: boolean;
  /** neutron's exception name, `type` in the NeutronError body; the code itself where absent. */
  readonly neutronType?: string;
}

/**
 * The errors that a worker answers on purpose. The code is the `class` of the failure on the wire (module
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
  DatabaseUnavailable: { status: 503, retryable: true },
  // identity
  Unauthorized: { status: 401, retryable: false },
  ProjectNotFound: { status: 404, retryable: false },
  UserNotFound: { status: 404, retryable: false },
  RoleNotFound: { status: 404, retryable: false },
  DomainNotFound: { status: 404, retryable: false },
  RoleAssignmentNotFound: { status: 404, retryable: false },
  TooManyAttempts: { status: 429, retryable: true },
  // compute
  InstanceNotFound: { status: 404, retryable: false },
  FlavorNotFound: { status: 404, retryable: false },
  FlavorInvalid: { status: 400, retryable: false },
  FlavorExists: { status: 409, retryable: false },
  KeypairNotFound: { status: 404, retryable: false },
  KeyPairExists: { status: 409, retryable: false },
  InvalidKeypair: { status: 400, retryable: false },
  ImageInvalid: { status: 400, retryable: false },
  NetworkInvalid: { status: 400, retryable: false },
  KeyNameInvalid: { status: 400, retryable: false },
  InstanceInvalidState: { status: 409, retryable: false },
  ServiceNotFound: { status: 404, retryable: false },
  MetadataItemNotFound: { status: 404, retryable: false },
  QuotaExceeded: { status: 403, retryable: false },
  // image
  ImageNotFound: { status: 404, retryable: false },
  // network
  NetworkNotFound: { status: 404, retryable: false },
  SubnetNotFound: { status: 404, retryable: false },
  PortNotFound: { status: 404, retryable: false },
  NetworkInUse: { status: 409, retryable: false },
  SubnetInUse: { status: 409, retryable: false },
  PortInUse: { status: 409, retryable: false },
  IpAddressGenerationFailure: { status: 409, retryable: false },
  IpAddressAlreadyAllocated: { status: 409, retryable: false },
  MacAddressInUse: { status: 409, retryable: false },
  OverQuota: { status: 409, retryable: false },
  OverlappingAllocationPools: { status: 409, retryable: false },
  OutOfBoundsAllocationPool: { status: 400, retryable: false },
  InvalidAllocationPool: { status: 400, retryable: false },
  GatewayConflictWithAllocationPools: { status: 409, retryable: false },
  InvalidIpForSubnet: { status: 400, retryable: false },
  InvalidIpForNetwork: { status: 400, retryable: false },
  SegmentationIdInUse: { status: 409, retryable: false, neutronType: 'TunnelIdInUse' },
  InvalidSharedSetting: { status: 409, retryable: false },
  PortBound: { status: 409, retryable: false },
  AddressPairAndPortSecurityRequired: { status: 409, retryable: false },
  NoNetworkAvailable: { status: 409, retryable: true },
  RevisionNumberConstraintFailed: { status: 412, retryable: false },
  NetworkBadRequest: { status: 400, retryable: false, neutronType: 'BadRequest' },
} as const satisfies Record<string, ExpectedErrorKind>;

export type ExpectedErrorCode = keyof typeof EXPECTED_ERRORS;

/** The `module` of an expected error in a failure on the wire. */
export const EXPECTED_ERROR_MODULE = 'albireo.exception';

/**
 * A failure that the client is meant to see. Thrown by the worker, carried over the bus with its code and details,
 * and answered by the gateway with the status of the table above.
 */
export class ExpectedError extends Error {
  readonly code: ExpectedErrorCode;
  /** Extra facts for views and tests; never a secret. Travels as the failure's `kwargs`. */
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

  /** How libs/messaging knows an expected error, and what it sends. */
  toRemoteFailure(): RemoteFailure {
    const { code, message, details } = this;
    return { class: code, module: EXPECTED_ERROR_MODULE, message, tb: [], args: [message], kwargs: details };
  }

  /** The error of a failure on the wire: for `rebuildError` of an RpcClient. */
  static fromRemote(error: RemoteError): ExpectedError | undefined {
    if (error.module !== EXPECTED_ERROR_MODULE || !isExpectedErrorCode(error.excType)) return undefined;
    return new ExpectedError(error.excType, error.value, error.kwargs);
  }
}

/** Whether a text (a failure's `class`) is one of the codes. */
export function isExpectedErrorCode(code: string): code is ExpectedErrorCode {
  return Object.hasOwn(EXPECTED_ERRORS, code);
}
